/*
 * A configuration of a Kea server as rows: whatever a server answers is refused whole or becomes
 * rows in canonical form, the same ones when it is read again.
 */
#include "fuzz.h"

#include <string.h>

#include "base/json.h"
#include "drivers/kea-config.h"

static const char *
part_defect(struct pk_pool *pool, const struct pk_part *part)
{
    struct pk_error err = {0};
    json_auto_t *value = pk_json_parse(part->value, &err);
    if (value == NULL) {
        return strstr(err.message, "deeper") != NULL || strstr(err.message, "\\u0000") != NULL
                   ? NULL
                   : "a value that is no JSON";
    }
    return strcmp(pk_json_text(pool, value), part->value) == 0 ? NULL : "a value not canonical";
}

static const char *
row_defect(struct pk_pool *pool, const struct pk_row *row)
{
    struct pk_sha256 hash = pk_parts_hash(&row->parts);
    const char *defect = pk_sha256_equal(&hash, &row->hash) ? NULL : "a wrong hash";
    for (size_t i = 0; i < row->parts.count && defect == NULL; i++) {
        if (i != 0 && pk_part_compare(&row->parts.at[i - 1], &row->parts.at[i]) >= 0) {
            return "parts not sorted, or one of them twice";
        }
        defect = part_defect(pool, &row->parts.at[i]);
    }
    return defect;
}

static enum pk_code
observe(struct pk_pool *pool, const struct pk_kea_value *dhcp4, struct pk_observation *out,
        struct pk_error *err)
{
    struct pk_peerings peerings;
    enum pk_code code = pk_kea_config_peerings(pool, dhcp4, &peerings, err);
    if (code != PK_OK) {
        return code;
    }
    struct pk_peering_name *names = pk_array(pool, struct pk_peering_name, peerings.count);
    for (size_t i = 0; i < peerings.count; i++) {
        names[i] = (struct pk_peering_name){
            .relationship = i == 0 ? "campus" : NULL,
            .partner = "dhcp-b",
        };
    }
    const struct pk_kea_naming naming = {
        .server = "dhcp-a", .names = names, .count = peerings.count};
    return pk_kea_config_observe(pool, dhcp4, &naming, out, err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    PK_SCRATCH(pool);
    struct pk_kea_value dhcp4;
    struct pk_error err = {0};
    struct pk_observation seen = {.sequence = ""}, again = {.sequence = ""};
    if (pk_kea_parse(pool, "input", (const char *)bytes, size, &dhcp4, NULL) != PK_OK) {
        return 0;
    }
    if (observe(pool, &dhcp4, &seen, &err) != PK_OK) {
        insist_on_none(err.message[0] == '\0' ? "refused without a reason" : NULL);
        return 0;
    }
    insist_on_none(observe(pool, &dhcp4, &again, NULL) == PK_OK ? NULL : "not read again");
    for (size_t i = 0; i < seen.rows.count; i++) {
        insist_on_none(row_defect(pool, &seen.rows.at[i]));
        insist_on_none(pk_sha256_equal(&seen.rows.at[i].hash, &again.rows.at[i].hash)
                           ? NULL
                           : "another row when read again");
    }
    return 0;
}
