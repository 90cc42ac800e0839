"""One revision with the user's own Alembic. A request comes as JSON on standard input; the answer goes as JSON
to standard output. What the revision prints goes to standard error.

mode "render": run upgrade() or downgrade() without a database. Statements are collected; whatever would need an
answer of the database ends it with {"live": what}.
mode "offline": what Alembic prints with --sql.
mode "run": run it on the database of the URL, in a transaction of its own.
"""
import json
import os
import sys
import traceback


class NeedsDatabase(BaseException):
    pass


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
        try:
            with Operations.context(context):
                function_of(script, request)()
        except (NeedsDatabase, NoInspectionAvailable) as reason:
            return {"live": str(reason).split("\n")[0]}
        except AttributeError as reason:
            if "MockConnection" not in str(reason) or request["mode"] == "offline":
                raise
            return {"live": "uses the connection"}
    return {"statements": statements}


def run(config, script, request):
    import sqlalchemy
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext
    from sqlalchemy import event
    from sqlalchemy.pool import NullPool

    statements = []
    engine = sqlalchemy.create_engine(request["url"], poolclass=NullPool)
    environment = EnvironmentContext(config, script)
    with engine.connect() as connection, environment:
        event.listen(engine, "before_cursor_execute", lambda c, cursor, text, *rest: statements.append(text))
        environment.configure(connection=connection, **settings_of(request))
        context = environment.get_context()
        with Operations.context(context), environment.begin_transaction():
            function_of(script, request)()
        if getattr(connection, "in_transaction", lambda: False)():
            connection.commit()
    engine.dispose()
    return {"statements": statements}


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.load(sys.stdin)
    config, script = load(request)
    answer = (run if request["mode"] == "run" else render)(config, script, request)
    json.dump(answer, answers)
    answers.flush()


try:
    main()
except BaseException as failure:
    traceback.print_exc()
    print("%s: %s" % (type(failure).__name__, str(failure).strip().split("\n")[0]), file=sys.stderr)
    sys.exit(1)
