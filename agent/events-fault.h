/**
 * @file
 * `events --fault`: the fault behind one event.
 */
#ifndef PK_AGENT_EVENTS_FAULT_H
#define PK_AGENT_EVENTS_FAULT_H

#include "agent/verb.h"

/** Prints the fault of event @p seq; the database is open.  Without a fault it says so, exit 1. */
enum pk_exit pk_events_fault(struct pk_context *context, int64_t seq);

#endif
