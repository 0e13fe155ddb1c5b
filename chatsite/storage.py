"""Static files named by their content, ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files whose module imports are rewritten to the hashed names."""

    support_js_module_import_aggregation = True
