"""The credentials that callers send in `Authorization`. Each type has a module with one class, which admits callers."""
