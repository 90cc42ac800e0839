from typing import Generic, List, Protocol, TypedDict, TypeVar, runtime_checkable

T = TypeVar("T")


class Output(TypedDict, total=False):
    result: int
    error: str


class More(Output):
    extra: List[int]


print(Output(result=1), More({"a": 1}, extra=[2]), type(Output()) is dict, isinstance(More(), dict))


class Box(Generic[T]):
    def __init__(self, value: T):
        self.value = value


class Named(Box[int]):
    pass


@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...


class Thing(Sized):
    def size(self):
        return 3


print(Box(1).value, Box[str]("a").value, Named(2).value, Thing().size(), Named.__mro__[1] is Box)
