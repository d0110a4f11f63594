/**
 * @file
 * Which columns of adm_dhcp_scopes hold which fields: for the files of adm/ only.
 */
#ifndef PK_ADM_SCOPE_FIELDS_H
#define PK_ADM_SCOPE_FIELDS_H

#include "adm/field.h"

enum { PK_SCOPE_COLUMN_COUNT = 7 };

/** In the order of the statements that read and write the row. */
static const enum pk_scope_field pk_scope_columns[PK_SCOPE_COLUMN_COUNT] = {
    PK_SCOPE_ID,         PK_SCOPE_NAME,       PK_SCOPE_DESCRIPTION, PK_SCOPE_STATE,
    PK_SCOPE_LEASE_TIME, PK_SCOPE_RENEW_TIME, PK_SCOPE_REBIND_TIME,
};

#endif
