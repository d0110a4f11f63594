/**
 * @file
 * Faults as the protocol names them: the operation outside, the cause inside (protocol 4.2).
 */
#ifndef PK_ADM_FAULT_H
#define PK_ADM_FAULT_H

#include "base/error.h"

/** Ids we use, with the protocol's numbers.  Names come from pk_fault_name(). */
enum pk_fault_id {
    PK_FAULT_NONE = 0,
    PK_FAULT_ACCESS_DENIED = 1,
    PK_FAULT_INVALID_PARAMETER = 2,
    PK_FAULT_OBJECT_STATE_IS_INVALID = 12,
    PK_FAULT_SERVER_NOT_FOUND_IN_DB = 48,
    PK_FAULT_GENERIC_ERROR_OCCURRED = 97,
    PK_FAULT_UNIQUE_KEY_VIOLATION = 123,
    PK_FAULT_OPTION_DEFINITION_NOT_FOUND = 349,
    PK_FAULT_SCOPE_FAILED_TO_FETCH_FROM_DB = 373,
    PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_DB = 374,
    PK_FAULT_SERVER_FAILED_TO_FETCH_FROM_REMOTE = 398,
    PK_FAULT_INVALID_SERVER_RECORD_ID = 400,
    PK_FAULT_SCOPE_FAILED_TO_ADD_IN_DB = 422,
    PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_DB = 432,
    PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE = 433,
    PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_REMOTE = 434,
    PK_FAULT_DATABASE_CONNECTION_LOST = 542,
    PK_FAULT_GENERIC_DATABASE_ERROR = 543,
    PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE = 617,
    PK_FAULT_SCOPE_NOT_FOUND_IN_DB = 618,
    PK_FAULT_FAILOVER_FAILED_TO_UPDATE_IN_DB = 646,
    PK_FAULT_FAILED_TO_REPLICATE_RELATION = 654,
    PK_FAULT_FAILED_TO_REPLICATE_SCOPES = 655,
    PK_FAULT_FAILED_TO_REPLICATE_SERVER = 656,
};

/** What went wrong with one scope, or with an operation; {0} = nothing. */
struct pk_fault {
    enum pk_fault_id outer; /**< the operation that failed */
    enum pk_fault_id inner; /**< why                       */
    char message[512];      /**< for people: what, where, what next */
};

/** The protocol's name ("IpamApiDhcpFailoverFailedToReplicateScopes"); "" for PK_FAULT_NONE. */
const char *pk_fault_name(enum pk_fault_id id);

void pk_fault_set(struct pk_fault *fault, enum pk_fault_id outer, enum pk_fault_id inner,
                  const char *format, ...) PK_PRINTF(4, 5);

#endif
