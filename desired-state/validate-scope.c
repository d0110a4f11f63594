/* Rules over one scope once its defaults and its relationship are known. */
#include "desired-state/validate.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum { PREFIX_LENGTH_MIN = 1, PREFIX_LENGTH_MAX = 30 }; /* the protocol's */

static uint32_t
seconds_of(const struct pk_written *timer)
{
    return (uint32_t)strtoul(timer->part.value, NULL, 10); /* canonical, so it is a number */
}

static void
check_below(const struct pk_written *low, const struct pk_written *high,
            struct pk_diagnostics *diagnostics)
{
    if (low == NULL || high == NULL || (low->inherited && high->inherited) ||
        seconds_of(low) < seconds_of(high)) {
        return;
    }
    PK_SCRATCH(scratch);
    const struct pk_written *own = low->inherited ? high : low;
    const char *const hint = low->inherited || high->inherited
                                 ? "the other one is inherited from scope-defaults"
                                 : "renew-time < rebind-time < lease-time";
    pk_diagnose(diagnostics, PK_RULE_TIMERS, own->mark, hint, "%s %s is not below %s %s",
                low->part.field->name, pk_format_duration(scratch, seconds_of(low)),
                high->part.field->name, pk_format_duration(scratch, seconds_of(high)));
}

void
pk_validate_timers(const struct pk_written_list *parts, struct pk_diagnostics *diagnostics)
{
    const struct pk_field *rows = pk_scope_fields.at;
    const struct pk_written *lease = pk_written_find(parts, &rows[PK_SCOPE_LEASE_TIME]);
    const struct pk_written *renew = pk_written_find(parts, &rows[PK_SCOPE_RENEW_TIME]);
    const struct pk_written *rebind = pk_written_find(parts, &rows[PK_SCOPE_REBIND_TIME]);
    if (rebind != NULL) {
        check_below(renew, rebind, diagnostics);
        check_below(rebind, lease, diagnostics);
    } else {
        check_below(renew, lease, diagnostics);
    }
}

/* What the protocol's validator would say, or NULL.  Unstated ranges are the server's own. */
static const char *
protocol_breach(const struct pk_scope_declaration *scope)
{
    if (scope->subnet.length < PREFIX_LENGTH_MIN || scope->subnet.length > PREFIX_LENGTH_MAX) {
        return "the prefix length is not within 1..30";
    }
    if (!scope->served.stated || scope->served.canonical == NULL) {
        return NULL;
    }
    if (scope->served.count == 0) {
        return "without a range the scope has no start and no end address";
    }
    return scope->served.span.first == scope->served.span.last
               ? "the start address is the end address"
               : NULL;
}

void
pk_validate_protocol(const struct pk_scope_declaration *scope, const char *demanded_by,
                     struct pk_diagnostics *diagnostics)
{
    const char *breach = protocol_breach(scope);
    if (breach == NULL) {
        return;
    }
    struct pk_mark mark = scope->served.stated && scope->subnet.length <= PREFIX_LENGTH_MAX &&
                                  scope->subnet.length >= PREFIX_LENGTH_MIN
                              ? scope->served.mark
                              : scope->mark;
    if (demanded_by != NULL) {
        pk_diagnose(diagnostics, PK_RULE_PROTOCOL_SCOPE_DEMANDED, mark, NULL,
                    "server '%s' refuses such a scope: %s", demanded_by, breach);
    } else {
        pk_diagnose(diagnostics, PK_RULE_PROTOCOL_SCOPE, mark, NULL,
                    "some kinds of server refuse such a scope: %s", breach);
    }
}

static const struct pk_known_server *
find_server(const struct pk_snapshot_context *context, const char *name)
{
    for (size_t i = 0; i < context->server_count; i++) {
        if (strcmp(context->servers[i].name, name) == 0) {
            return &context->servers[i];
        }
    }
    return NULL;
}

static void
diagnose_unknown_server(const struct pk_snapshot_context *context, const char *name,
                        struct pk_mark mark, struct pk_diagnostics *diagnostics)
{
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = name};
    for (size_t i = 0; i < context->server_count; i++) {
        pk_nearest_offer(&nearest, context->servers[i].name);
    }
    const char *meant = pk_did_you_mean(scratch, &nearest);
    pk_diagnose(diagnostics, PK_RULE_SERVER_UNKNOWN, mark,
                meant != NULL ? meant : "add it to the agent's configuration under servers",
                "servers: '%s' is not in the agent's configuration", name);
}

void
pk_validate_split_ranges(const struct pk_scope_declaration *scope,
                         const struct pk_wanted_relationship *relationship,
                         struct pk_diagnostics *diagnostics)
{
    if (relationship->split_ranges && scope->served.tied) {
        pk_diagnose(diagnostics, PK_RULE_SPLIT_RANGES_CLASS, scope->served.tied_mark,
                    "write the whole range without client-classes, or remove split-ranges",
                    "the range is tied to a class, and 'split-ranges: true' of relationship '%s' "
                    "would tie its halves to the two servers",
                    relationship->name);
    }
}

static void
check_splits_ranges(const struct pk_relationship_declaration *relationship,
                    const struct pk_known_server *server, struct pk_diagnostics *diagnostics)
{
    if (relationship->wanted.split_ranges && server->cannot_split_ranges) {
        pk_diagnose(diagnostics, PK_RULE_SPLIT_RANGES_SERVER, relationship->split_ranges_mark,
                    "remove it: only Kea servers split ranges",
                    "server '%s' has no class of the clients that it serves", server->name);
    }
}

const char *
pk_validate_servers(const struct pk_relationship_declaration *relationship,
                    const struct pk_snapshot_context *context, struct pk_diagnostics *diagnostics)
{
    const char *demanding = NULL;
    for (size_t i = 0; i < PK_PAIR && context->servers != NULL; i++) {
        const char *name = relationship->wanted.servers[i];
        if (name == NULL) {
            continue;
        }
        const struct pk_known_server *server = find_server(context, name);
        if (server == NULL) {
            diagnose_unknown_server(context, name, relationship->server_marks[i], diagnostics);
            continue;
        }
        check_splits_ranges(relationship, server, diagnostics);
        demanding = server->demands_valid_scope && demanding == NULL ? name : demanding;
    }
    return demanding;
}
