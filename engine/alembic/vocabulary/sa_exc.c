/* sqlalchemy.exc and alembic.util.exc: exceptions that revisions catch, and that their statements raise. */
#include "engine/alembic/vocabulary/vocab.h"

#define EXCEPTION_BASE py_type_ordinary_exception
#define SA(id, parent)                                                                                       \
    static const struct py_type exc_##id = {                                                                 \
        .head = PY_TYPE_HEAD, .name = #id, .module = "sqlalchemy.exc", .base = &parent};
SA(SQLAlchemyError, EXCEPTION_BASE)
SA(ArgumentError, exc_SQLAlchemyError)
SA(DuplicateColumnError, exc_ArgumentError)
SA(ConstraintColumnNotFoundError, exc_ArgumentError)
SA(NoSuchModuleError, exc_ArgumentError)
SA(NoForeignKeysError, exc_ArgumentError)
SA(AmbiguousForeignKeysError, exc_ArgumentError)
SA(ObjectNotExecutableError, exc_ArgumentError)
SA(CircularDependencyError, exc_SQLAlchemyError)
SA(CompileError, exc_SQLAlchemyError)
SA(UnsupportedCompilationError, exc_CompileError)
SA(IdentifierError, exc_SQLAlchemyError)
SA(InvalidRequestError, exc_SQLAlchemyError)
SA(NoInspectionAvailable, exc_InvalidRequestError)
SA(PendingRollbackError, exc_InvalidRequestError)
SA(ResourceClosedError, exc_InvalidRequestError)
SA(NoSuchColumnError, exc_InvalidRequestError)
SA(NoResultFound, exc_InvalidRequestError)
SA(MultipleResultsFound, exc_InvalidRequestError)
SA(NoReferenceError, exc_InvalidRequestError)
SA(NoReferencedTableError, exc_NoReferenceError)
SA(NoReferencedColumnError, exc_NoReferenceError)
SA(NoSuchTableError, exc_InvalidRequestError)
SA(UnreflectableTableError, exc_InvalidRequestError)
SA(UnboundExecutionError, exc_InvalidRequestError)
SA(TimeoutError, exc_SQLAlchemyError)
SA(StatementError, exc_SQLAlchemyError)
SA(DBAPIError, exc_StatementError)
SA(InterfaceError, exc_DBAPIError)
SA(DatabaseError, exc_DBAPIError)
SA(DataError, exc_DatabaseError)
SA(OperationalError, exc_DatabaseError)
SA(IntegrityError, exc_DatabaseError)
SA(InternalError, exc_DatabaseError)
SA(ProgrammingError, exc_DatabaseError)
SA(NotSupportedError, exc_DatabaseError)
SA(SADeprecationWarning, EXCEPTION_BASE)
SA(SAWarning, EXCEPTION_BASE)

static const struct py_type exc_CommandError = {
    .head = PY_TYPE_HEAD, .name = "CommandError", .module = "alembic.util.exc", .base = &EXCEPTION_BASE};

#define ROW(id)                                                                                              \
    {                                                                                                        \
#id, PY_DEF_TYPE, NULL, &exc_##id, NULL                                                              \
    }
const struct py_def sa_exc_defs[] = {ROW(SQLAlchemyError),
                                     ROW(ArgumentError),
                                     ROW(DuplicateColumnError),
                                     ROW(ConstraintColumnNotFoundError),
                                     ROW(NoSuchModuleError),
                                     ROW(NoForeignKeysError),
                                     ROW(AmbiguousForeignKeysError),
                                     ROW(ObjectNotExecutableError),
                                     ROW(CircularDependencyError),
                                     ROW(CompileError),
                                     ROW(UnsupportedCompilationError),
                                     ROW(IdentifierError),
                                     ROW(InvalidRequestError),
                                     ROW(NoInspectionAvailable),
                                     ROW(PendingRollbackError),
                                     ROW(ResourceClosedError),
                                     ROW(NoSuchColumnError),
                                     ROW(NoResultFound),
                                     ROW(MultipleResultsFound),
                                     ROW(NoReferenceError),
                                     ROW(NoReferencedTableError),
                                     ROW(NoReferencedColumnError),
                                     ROW(NoSuchTableError),
                                     ROW(UnreflectableTableError),
                                     ROW(UnboundExecutionError),
                                     ROW(TimeoutError),
                                     ROW(StatementError),
                                     ROW(DBAPIError),
                                     ROW(InterfaceError),
                                     ROW(DatabaseError),
                                     ROW(DataError),
                                     ROW(OperationalError),
                                     ROW(IntegrityError),
                                     ROW(InternalError),
                                     ROW(ProgrammingError),
                                     ROW(NotSupportedError),
                                     ROW(SADeprecationWarning),
                                     ROW(SAWarning),
                                     {0}};
const struct py_def alembic_exc_defs[] = {ROW(CommandError), {0}};
