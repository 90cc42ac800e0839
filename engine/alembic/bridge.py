"""One revision with the user's own Alembic. A request comes as JSON on standard input; the answer goes as JSON
to standard output. What the revision prints goes to standard error.

mode "render": run upgrade() or downgrade() without a database. Statements are collected; whatever would need an
answer of the database ends it with {"live": what}.
mode "offline": what Alembic prints with --sql.
mode "run": run it on the database of the URL, in a transaction of its own.
"""
import json
import os
import re
import signal
import sys
import threading
import traceback

secrets = []  # what is never told, and what is told instead


class NeedsDatabase(BaseException):
    first = None

    def __init__(self, what):
        super().__init__(what)
        NeedsDatabase.first = NeedsDatabase.first or what  # a bare "except:" does not make it good


class Answer:
    """Stands for a result that is not there: every look at it needs a database."""

    def _look(self, *args, **kwargs):
        raise NeedsDatabase("reads rows")

    __getattr__ = __iter__ = __len__ = __bool__ = __getitem__ = __eq__ = __contains__ = __next__ = _look
    __hash__ = object.__hash__


def load(request):
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(request["ini"], ini_section=request["section"]) if request.get("ini") else Config()
    config.cmd_opts = type("Options", (), {"x": request["x"] or None})()
    if not request.get("ini"):
        config.set_main_option("script_location", request["script_location"].replace("%", "%%"))
        config.set_main_option("version_locations", request["versions"].replace("%", "%%"))
    sys.path[:0] = request["sys_path"]
    return config, ScriptDirectory.from_config(config)


def function_of(script, request):
    revision = script.get_revision(request["revision"])
    function = getattr(revision.module, request["direction"], None)
    if function is None:
        raise SystemExit("revision %s has no function %s()" % (request["revision"], request["direction"]))
    return function


def settings_of(request):
    names = ("version_table", "version_table_schema", "render_as_batch", "include_schemas")
    return {name: request[name] for name in names if request.get(name) is not None}


def keep_away(context, connection):
    """In a rendering, nothing reaches a database, and the revision sees a run that is not --sql."""
    from sqlalchemy import inspection, pool

    def no_connection(*args, **kwargs):
        raise NeedsDatabase("opens a connection of its own")

    def no_attribute(self, name):
        caller = sys._getframe(1).f_globals.get("__name__", "").split(".")[0]
        if name.startswith("__") or caller in ("alembic", "sqlalchemy"):
            raise AttributeError("'MockConnection' object has no attribute '%s'" % name)
        raise NeedsDatabase("uses the connection")

    def inspect(target):
        raise NeedsDatabase("asks the inspector")

    def as_sql(self):
        return sys._getframe(1).f_globals.get("__name__", "").split(".")[0] == "alembic"

    pool.Pool.connect = no_connection
    kind = type(connection)
    kind.__getattr__ = no_attribute
    inspection._registrars[kind] = inspect
    context.__class__ = type("MigrationContext", (type(context),), {"as_sql": property(as_sql)})


def render(config, script, request):
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext
    from sqlalchemy.exc import NoInspectionAvailable

    statements = []
    environment = EnvironmentContext(config, script, as_sql=True)
    if request["mode"] == "render":
        environment.is_offline_mode = lambda: False
    with environment:
        environment.configure(dialect_name=request["dialect"], literal_binds=True,
                              dialect_opts={"paramstyle": "named"}, output_buffer=sys.stderr, **settings_of(request))
        context = environment.get_context()
        context.impl.static_output = statements.append
        connection = context.connection
        emit = connection.execute

        def execute(statement, parameters=None, *args, **kwargs):
            if parameters:
                raise NeedsDatabase("sends parameters to the database")
            emit(statement)
            return Answer()

        if request["mode"] == "render":
            connection.execute = execute
            keep_away(context, connection)
        try:
            with Operations.context(context):
                function_of(script, request)()
        except (NeedsDatabase, NoInspectionAvailable) as reason:
            if request["mode"] == "offline":
                raise
            return {"live": str(reason).split("\n")[0]}
        except AttributeError as reason:
            if "MockConnection" not in str(reason) or request["mode"] == "offline":
                raise
            return {"live": "uses the connection"}
    if NeedsDatabase.first:
        return {"live": NeedsDatabase.first}
    return {"statements": statements}


def run(config, script, request):
    import sqlalchemy
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext
    from sqlalchemy import event
    from sqlalchemy.pool import NullPool, Pool

    statements, doubts = [], []  # doubts: why a failure may leave something behind
    engine = sqlalchemy.create_engine(request["url"], poolclass=NullPool)
    environment = EnvironmentContext(config, script)
    with engine.connect() as connection, environment:
        def sent(c, cursor, text, *rest):
            statements.append(text)
            if re.search(r"(?i)(^|;)\s*(commit|end|rollback|abort|prepare)\b", text):
                doubts.append(text)

        event.listen(engine, "before_cursor_execute", sent)
        event.listen(engine, "commit", doubts.append)
        event.listen(engine, "set_connection_execution_options",
                     lambda c, options: doubts.extend(key for key in options if key == "isolation_level"))
        event.listen(Pool, "connect", lambda *of_another: doubts.append("a connection of its own"))
        environment.configure(connection=connection, **settings_of(request))
        context = environment.get_context()
        interrupted = on_interrupt(connection)
        try:
            with Operations.context(context), environment.begin_transaction():
                function_of(script, request)()
        except (Exception, KeyboardInterrupt) as failure:
            if doubts or engine.dialect.name != "postgresql":
                raise
            if interrupted:
                return {"taken_back": "interrupted", "interrupted": True}
            traceback.print_exc()
            return {"taken_back": words_of(failure)}
        if getattr(connection, "in_transaction", lambda: False)():
            connection.commit()
    engine.dispose()
    return {"statements": statements}


def on_interrupt(connection):
    """A client library in the middle of a statement does not see KeyboardInterrupt: its statement is cancelled too.
    What is returned is not empty after an interrupt."""
    seen = []
    inside = connection.connection
    raw = getattr(inside, "driver_connection", None) or getattr(inside, "connection", None)
    cancel = getattr(raw, "cancel", None) or getattr(raw, "interrupt", None)
    ours, handlers = os.pipe()
    os.set_blocking(handlers, False)
    signal.set_wakeup_fd(handlers)

    def wait():
        while os.read(ours, 1) != bytes([signal.SIGINT]):
            pass
        seen.append(True)
        if cancel:
            cancel()

    threading.Thread(target=wait, daemon=True).start()
    return seen


def words_of(failure):
    text = "%s: %s" % (type(failure).__name__, str(failure).strip().split("\n")[0])
    for secret, shown in secrets:
        text = text.replace(secret, shown)
    return text


def hide(url):
    """Older SQLAlchemys repeat an address that they cannot read."""
    from urllib.parse import unquote

    password = re.match(r"[^:/]+://[^/]*?:(.*)@", url or "")
    if password:
        secrets.append((url, "the URL"))
        for text in {password.group(1), unquote(password.group(1))} - {""}:
            secrets.append((":%s@" % text, ":***@"))
            if len(text) > 7:
                secrets.append((text, "***"))


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    hide(request["url"])
    config, script = load(request)
    answer = (run if request["mode"] == "run" else render)(config, script, request)
    json.dump(answer, answers)
    answers.flush()


try:
    main()
except BaseException as failure:
    traceback.print_exc()
    print(words_of(failure), file=sys.stderr)
    sys.exit(1)
