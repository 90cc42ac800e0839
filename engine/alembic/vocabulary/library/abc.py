class ABC:
    pass


ABCMeta = type


def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


abstractproperty = property
abstractclassmethod = classmethod
abstractstaticmethod = staticmethod
