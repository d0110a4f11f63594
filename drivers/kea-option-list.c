/*
 * Options of a pool have no field of ours, so they stay a list of Kea's.  It is written anew from
 * what the options mean, because a server keeps the form in which it was told each of them.
 */
#include <string.h>

#include "adm/kea-option-data.h"
#include "adm/option.h"
#include "drivers/kea-options.h"

static const char standard_space[] = "dhcp4";

/* One value as Kea's text has it. */
static void
add_value(struct pk_text *out, enum pk_option_type type, const struct pk_kea_value *value)
{
    const char *at = value->kind == PK_KEA_TRUE    ? "true"
                     : value->kind == PK_KEA_FALSE ? "false"
                                                   : value->text;
    for (; *at != '\0'; at++) {
        if (*at == ' ' && type == PK_OPTION_IPV4_PAIR) {
            pk_text_add(out, ",");
        } else if (*at == ' ' && type == PK_OPTION_CLASSLESS_ROUTE) {
            pk_text_add(out, " - ");
        } else {
            pk_text_add(out, *at == ',' || *at == '\\' ? "\\" : "");
            pk_text_add_bytes(out, at, 1);
        }
    }
}

static void
add_data(struct pk_pool *scratch, struct pk_text *out, const struct pk_option *standard,
         const struct pk_kea_value *values)
{
    enum pk_option_type type = standard != NULL ? standard->type : PK_OPTION_BYTES;
    struct pk_text data = {.pool = scratch};
    for (size_t i = 0; i < values->count; i++) {
        pk_text_add(&data, i != 0 ? "," : "");
        add_value(&data, type, &values->items[i]);
    }
    pk_text_add(out, type == PK_OPTION_BYTES ? ",\"csv-format\":false" : ",\"csv-format\":true");
    pk_text_add(out, ",\"data\":");
    pk_text_add_json(out, pk_text_end(&data));
}

static void
add_flag(struct pk_text *out, const struct pk_kea_value *whole, const char *flag)
{
    if (pk_kea_is_true(whole, flag)) {
        pk_text_addf(out, ",\"%s\":true", flag);
    }
}

/* Name and value are canonical, so reading them cannot fail. */
static void
add_option(struct pk_pool *scratch, struct pk_text *out, const struct pk_kea_setting *option)
{
    struct pk_error err;
    struct pk_kea_value whole = {.kind = PK_KEA_LIST};
    const char *space = standard_space;
    uint16_t code = 0;
    pk_option_code(scratch, option->key, &space, &code);
    pk_kea_parse(scratch, option->key, option->value, strlen(option->value), &whole, &err);
    const struct pk_kea_value *values =
        whole.kind == PK_KEA_MAP ? pk_kea_get(&whole, "value") : &whole;
    pk_text_addf(out, "{\"code\":%d,\"space\":", code);
    pk_text_add_json(out, space);
    add_data(scratch, out, strcmp(space, standard_space) == 0 ? pk_option_by_code(code) : NULL,
             values);
    add_flag(out, &whole, "always-send");
    add_flag(out, &whole, "never-send");
    pk_text_add(out, "}");
}

const char *
pk_kea_options_list(struct pk_pool *pool, const struct pk_kea_definitions *definitions,
                    struct pk_kea_items entries)
{
    PK_SCRATCH(scratch);
    struct pk_kea_options options;
    struct pk_text out = {.pool = scratch};
    pk_kea_options_read(scratch, definitions, entries, &options);
    pk_text_add(&out, "[");
    for (size_t i = 0; i < options.count; i++) {
        pk_text_add(&out, out.count > 1 ? "," : "");
        add_option(scratch, &out, &options.at[i]);
    }
    if (options.leftover != NULL) { /* a list of its own: its items */
        pk_text_add(&out, out.count > 1 ? "," : "");
        pk_text_add_bytes(&out, options.leftover + 1, strlen(options.leftover) - 2);
    }
    pk_text_add(&out, "]");
    return pk_kea_option_data_canonical(pool, pk_text_end(&out));
}
