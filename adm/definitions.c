/* Options without a standard definition hold bytes; the definition made for them says so. */
#include "adm/definitions.h"

#include <string.h>

#include "adm/option.h"
#include "adm/query.h"

static const char standard_space[] = "dhcp4";

int64_t
pk_adm_server_id(struct pk_txn *txn, const char *server)
{
    int64_t id = pk_txn_number(txn, PK_SQL_SERVER_FIND, 0, PK_VALUES(sql_text(server)));
    if (id == 0) {
        pk_txn_failf(txn, PK_ENOENT,
                     "no server is called %s: name it under `servers` in the agent's configuration",
                     server);
    }
    return id;
}

/* The row of (server, name) in a table with these two columns, made when there is none. */
static int64_t
find_or_insert(struct pk_txn *txn, enum pk_sql find, enum pk_sql insert, int64_t server,
               const char *name)
{
    int64_t id = pk_txn_number(txn, find, 0, PK_VALUES(sql_int(server), sql_text(name)));
    return id != 0 ? id : pk_txn_insert(txn, insert, PK_VALUES(sql_int(server), sql_text(name)));
}

int64_t
pk_adm_superscope_id(struct pk_txn *txn, int64_t server, const char *name)
{
    return find_or_insert(txn, PK_SQL_SUPERSCOPE_FIND, PK_SQL_SUPERSCOPE_INSERT, server, name);
}

/* DhcpOptionType of the protocol. */
static int64_t
protocol_type(enum pk_option_type type)
{
    enum { BYTE = 1, WORD, DWORD, DWORD_DWORD, ENCAPSULATED, STRING, IP_ADDRESS, BINARY_DATA };
    static const int types[] = {
        [PK_OPTION_BYTES] = BINARY_DATA,    [PK_OPTION_EMPTY] = BINARY_DATA,
        [PK_OPTION_BOOLEAN] = BYTE,         [PK_OPTION_UINT8] = BYTE,
        [PK_OPTION_UINT16] = WORD,          [PK_OPTION_UINT32] = DWORD,
        [PK_OPTION_INT32] = DWORD,          [PK_OPTION_IPV4] = IP_ADDRESS,
        [PK_OPTION_IPV4_PAIR] = IP_ADDRESS, [PK_OPTION_TEXT] = STRING,
        [PK_OPTION_FQDN] = STRING,          [PK_OPTION_CLASSLESS_ROUTE] = BINARY_DATA,
    };
    return types[type];
}

static int64_t
insert_definition(struct pk_txn *txn, int64_t server, int64_t vendor_class, uint16_t code,
                  const char *name)
{
    enum { SINGLE_VALUE = 1, MULTI_VALUE };
    const struct pk_option *standard = vendor_class == 0 ? pk_option_by_code(code) : NULL;
    enum pk_option_type type = standard != NULL ? standard->type : PK_OPTION_BYTES;
    bool several = standard != NULL && standard->array;
    return pk_txn_insert(txn, PK_SQL_DEFINITION_INSERT,
                         PK_VALUES(sql_int(server), sql_int_unless(0, vendor_class), sql_int(code),
                                   sql_text(name), sql_int(protocol_type(type)),
                                   sql_int(several ? MULTI_VALUE : SINGLE_VALUE)));
}

int64_t
pk_adm_definition_id(struct pk_txn *txn, int64_t server, const char *option)
{
    PK_SCRATCH(scratch);
    const char *space;
    uint16_t code;
    if (!pk_option_code(scratch, option, &space, &code)) {
        pk_txn_failf(txn, PK_EINVAL,
                     "'%s' is no option: write a standard name, a code or space.code", option);
        return 0;
    }
    int64_t vendor_class = strcmp(space, standard_space) == 0
                               ? 0
                               : find_or_insert(txn, PK_SQL_VENDOR_CLASS_FIND,
                                                PK_SQL_VENDOR_CLASS_INSERT, server, space);
    int64_t id = pk_txn_number(txn, PK_SQL_DEFINITION_FIND, 0,
                               PK_VALUES(sql_int(server), sql_int(vendor_class), sql_int(code)));
    return id != 0 ? id : insert_definition(txn, server, vendor_class, code, option);
}
