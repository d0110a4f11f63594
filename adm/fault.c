/* The ids we use out of the protocol's 838, one row each. */
#include "adm/fault.h"

#include <stdarg.h>
#include <stdio.h>

struct fault_row {
    enum pk_fault_id id;
    const char *name;
};

static const struct fault_row faults[] = {
    {PK_FAULT_ACCESS_DENIED, "IpamApiAccessDenied"},
    {PK_FAULT_INVALID_PARAMETER, "IpamApiInvalidParameter"},
    {PK_FAULT_OBJECT_STATE_IS_INVALID, "IpamApiObjectStateIsInvalid"},
    {PK_FAULT_SERVER_NOT_FOUND_IN_DB, "IpamApiServerNotFoundInDB"},
    {PK_FAULT_GENERIC_ERROR_OCCURRED, "IpamApiGenericErrorOccurred"},
    {PK_FAULT_UNIQUE_KEY_VIOLATION, "IpamApiFailedWithUniqueKeyViolation"},
    {PK_FAULT_OPTION_DEFINITION_NOT_FOUND, "IpamApiOptionAssociatedOptionDefinitionNotFound"},
    {PK_FAULT_SCOPE_FAILED_TO_FETCH_FROM_DB, "IpamApiDhcpScopeFailedToFetchFromIpamDatabase"},
    {PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_DB, "IpamApiDhcpScopeFailedToDeleteInIpamDatabase"},
    {PK_FAULT_SERVER_FAILED_TO_FETCH_FROM_REMOTE, "IpamApiDhcpServerFailedToFetchFromRemoteServer"},
    {PK_FAULT_INVALID_SERVER_RECORD_ID, "IpamApiInvalidDhcpServerRecordId"},
    {PK_FAULT_SCOPE_FAILED_TO_ADD_IN_DB, "IpamApiDhcpScopeFailedToAddInIpamDatabase"},
    {PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_DB, "IpamApiDhcpScopeFailedToUpdateInIpamDatabase"},
    {PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE, "IpamApiDhcpScopeFailedToAddInRemoteServer"},
    {PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_REMOTE, "IpamApiDhcpScopeFailedToDeleteInRemoteServer"},
    {PK_FAULT_DATABASE_CONNECTION_LOST, "IpamApiDatabaseConnectionLost"},
    {PK_FAULT_GENERIC_DATABASE_ERROR, "IpamApiGenericDatabaseError"},
    {PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_REMOTE, "IpamApiDhcpScopeFailedToUpdateInRemoteServer"},
    {PK_FAULT_SCOPE_NOT_FOUND_IN_DB, "IpamApiDhcpScopeNotFoundInDB"},
    {PK_FAULT_FAILOVER_FAILED_TO_UPDATE_IN_DB, "IpamApiDhcpFailoverFailedToUpdateInIpamDatabase"},
    {PK_FAULT_FAILED_TO_REPLICATE_RELATION, "IpamApiDhcpFailoverFailedToReplicateRelation"},
    {PK_FAULT_FAILED_TO_REPLICATE_SCOPES, "IpamApiDhcpFailoverFailedToReplicateScopes"},
    {PK_FAULT_FAILED_TO_REPLICATE_SERVER, "IpamApiDhcpFailoverFailedToReplicateServer"},
};

const char *
pk_fault_name(enum pk_fault_id id)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (faults[i].id == id) {
            return faults[i].name;
        }
    }
    return "";
}

void
pk_fault_set(struct pk_fault *fault, enum pk_fault_id outer, enum pk_fault_id inner,
             const char *format, ...)
{
    *fault = (struct pk_fault){.outer = outer, .inner = inner};
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
}
