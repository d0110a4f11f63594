/* Faults carry the protocol's names and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adm/fault.h"

static void
ids_have_the_protocols_names(void **state)
{
    (void)state;
    static const struct {
        int id;
        const char *name;
    } cases[] = {
        {1, "IpamApiAccessDenied"},
        {2, "IpamApiInvalidParameter"},
        {12, "IpamApiObjectStateIsInvalid"},
        {48, "IpamApiServerNotFoundInDB"},
        {97, "IpamApiGenericErrorOccurred"},
        {123, "IpamApiFailedWithUniqueKeyViolation"},
        {349, "IpamApiOptionAssociatedOptionDefinitionNotFound"},
        {373, "IpamApiDhcpScopeFailedToFetchFromIpamDatabase"},
        {374, "IpamApiDhcpScopeFailedToDeleteInIpamDatabase"},
        {398, "IpamApiDhcpServerFailedToFetchFromRemoteServer"},
        {400, "IpamApiInvalidDhcpServerRecordId"},
        {422, "IpamApiDhcpScopeFailedToAddInIpamDatabase"},
        {432, "IpamApiDhcpScopeFailedToUpdateInIpamDatabase"},
        {433, "IpamApiDhcpScopeFailedToAddInRemoteServer"},
        {434, "IpamApiDhcpScopeFailedToDeleteInRemoteServer"},
        {542, "IpamApiDatabaseConnectionLost"},
        {543, "IpamApiGenericDatabaseError"},
        {617, "IpamApiDhcpScopeFailedToUpdateInRemoteServer"},
        {618, "IpamApiDhcpScopeNotFoundInDB"},
        {646, "IpamApiDhcpFailoverFailedToUpdateInIpamDatabase"},
        {654, "IpamApiDhcpFailoverFailedToReplicateRelation"},
        {655, "IpamApiDhcpFailoverFailedToReplicateScopes"},
        {656, "IpamApiDhcpFailoverFailedToReplicateServer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(pk_fault_name((enum pk_fault_id)cases[i].id), cases[i].name);
    }
    assert_string_equal(pk_fault_name(PK_FAULT_NONE), "");
}

static void
a_fault_is_the_operation_its_cause_and_a_message(void **state)
{
    (void)state;
    struct pk_fault fault = {0};
    pk_fault_set(&fault, PK_FAULT_FAILED_TO_REPLICATE_SCOPES, PK_FAULT_SCOPE_NOT_FOUND_IN_DB,
                 "%s is gone from %s", "10.20.0.0/24", "dhcp-a");
    assert_int_equal(fault.outer, 655);
    assert_int_equal(fault.inner, 618);
    assert_string_equal(fault.message, "10.20.0.0/24 is gone from dhcp-a");
}

static void
a_new_fault_leaves_nothing_of_the_old_one(void **state)
{
    (void)state;
    struct pk_fault fault = {0};
    pk_fault_set(&fault, PK_FAULT_FAILED_TO_REPLICATE_SERVER, PK_FAULT_DATABASE_CONNECTION_LOST,
                 "%600d", 1);
    assert_int_equal(strlen(fault.message), sizeof fault.message - 1);
    pk_fault_set(&fault, PK_FAULT_GENERIC_ERROR_OCCURRED, PK_FAULT_NONE, "short");
    assert_string_equal(fault.message, "short");
    assert_int_equal(fault.inner, PK_FAULT_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_the_protocols_names),
        cmocka_unit_test(a_fault_is_the_operation_its_cause_and_a_message),
        cmocka_unit_test(a_new_fault_leaves_nothing_of_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
