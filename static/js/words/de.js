// Written by `manage.py words`.
export default {};
