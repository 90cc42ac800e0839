"""datetime, uuid, json, enum and re as revisions use them."""
import datetime, uuid, json, enum, re, os
from datetime import timezone, timedelta
from typing import Union, Sequence
print(datetime.datetime(2020,1,2,3,4,5), repr(datetime.datetime(2020,1,2,3,4,5,6)), datetime.date(2020,2,29)+timedelta(days=366))
d=datetime.datetime(2024,12,31,23,59,59,tzinfo=timezone.utc)
print(d.isoformat(), d+timedelta(seconds=1), d.strftime("%Y-%m-%d %H:%M:%S %j %a %b"), repr(d))
print(datetime.datetime.strptime("2020-05-06 07:08","%Y-%m-%d %H:%M"), datetime.datetime.fromisoformat("2020-05-06T07:08:09.123+02:00"))
print(timedelta(days=1,hours=2), repr(timedelta(days=-1,seconds=5)), timedelta(days=3)/2, (d-datetime.datetime(2024,1,1,tzinfo=timezone.utc)).days)
print(uuid.UUID("{12345678-1234-5678-1234-567812345678}"), len(str(uuid.uuid4())), uuid.uuid5(uuid.NAMESPACE_DNS,"python.org"), repr(uuid.UUID(int=5)))
print(json.dumps({"a":[1,2.5,None,True,"é\n"],"b":{}}), json.dumps([1,{"z":1,"a":2}],indent=2,sort_keys=True), json.loads('{"x":[1,2,{"y":null}]}'))
class Color(enum.Enum):
    RED=1
    GREEN="g"
    ALIAS=1
    def shout(self):
        return self.name+"!"
print(Color.RED, repr(Color.GREEN), Color(1), Color["GREEN"], [c.name for c in Color], len(Color), Color.RED==Color.ALIAS, Color.RED.shout(), list(Color.__members__))
class S(str, enum.Enum):
    A="a"
    B="b"
print(S.A, S.A=="a", S.A.value, ",".join(S), f"{S.B}", [s.value for s in S], "x"+S.A, isinstance(S.A,str), repr(S.A))
class I(enum.IntEnum):
    X=enum.auto()
    Y=enum.auto()
print(I.X, I.Y+1, repr(I.Y), f"{I.Y}")
try: Color("nope")
except ValueError as e: print(e)
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.findall(r"\d+","a1b22"), re.split(r"[,;]\s*","a, b;c"), re.match(r"(?P<y>\d{4})-(\d\d)","2020-05").group("y",2), re.sub("a*","-","baac"), re.findall("a*","ab"))
def gen():
    for i in range(3):
        yield i*i
print(list(gen()), sum(x for x in gen()), {k:v for k,v in zip("ab",gen())})
x: Union[str,None]=None
