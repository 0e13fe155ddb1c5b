"""Where pictures of members are kept: in the database.

The disk of a hosted process is lost with it. And they are few and small: some kilobytes each.
"""

from django.apps import apps
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import Manager
from django.utils.deconstruct import deconstructible


@deconstructible
class DatabaseStorage(Storage):
    """Files as rows of accounts.StoredFile, served under MEDIA_URL.

    A file that is no row is looked for in MEDIA_ROOT, where earlier versions kept it.
    """

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return _rows().filter(name=name).exists() or FileSystemStorage().exists(name)

    def url(self, name: str | None) -> str:
        """Return the address of a file."""
        return FileSystemStorage().url(name)

    def delete(self, name: str) -> None:
        """Remove a file, wherever it is."""
        _rows().filter(name=name).delete()
        FileSystemStorage().delete(name)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Return a file to read. Raises FileNotFoundError."""
        content = _rows().filter(name=name).values_list("content", flat=True).first()
        if content is None:
            return FileSystemStorage().open(name)
        return ContentFile(bytes(content), name=name)

    def _save(self, name: str, content: File) -> str:
        _rows().create(name=name, content=content.read())
        return name


def _rows() -> Manager:
    # Not imported: the models have a field that is kept here.
    return apps.get_model("accounts", "StoredFile")._default_manager
