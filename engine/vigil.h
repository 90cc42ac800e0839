/*
 * Servers that fall silent. A statement may run for hours, so silence alone is no failure: when a connection
 * has waited for a while, another one asks the server whether it still works for the first. If it does, the
 * waiting goes on. If the server does not know the statement any more, or cannot be reached several times,
 * the wait is given up, and its caller sees a lost connection like any other.
 *
 * One thread for all connections of a fleet, which starts with the first of them; questions are asked on
 * threads of their own, because each may take as long as a connection attempt.
 */
#pragma once
#include "drivers/driver.h"

struct member;
struct vigil;

struct vigil *vigil_new(void);
void vigil_free(struct vigil *v); /* ends its threads; accepts NULL */

/* Look after the connection of the member, until vigil_leave(), which comes before it is closed. Any thread.
 */
void vigil_enter(struct vigil *v, const struct member *m, struct conn *conn);
void vigil_leave(struct vigil *v, struct conn *conn); /* v or conn may be NULL */
