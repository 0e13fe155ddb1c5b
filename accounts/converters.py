"""Parts of addresses; importing this makes ``<id:…>`` known."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class RowId(IntConverter):
    """A number that a database integer surely holds; a longer one is nobody's."""

    regex = "[0-9]{1,18}"


register_converter(RowId, "id")
