from _lockstep import refuse


class Generic:
    @classmethod
    def __class_getitem__(cls, key):
        return cls


class Protocol:
    @classmethod
    def __class_getitem__(cls, key):
        return cls


class TypedDict(dict):
    def __init_subclass__(cls, total=True):
        pass

    def __new__(cls, *args, **kwargs):
        if cls is TypedDict:
            refuse("TypedDict() as a function")
        return dict(*args, **kwargs)
