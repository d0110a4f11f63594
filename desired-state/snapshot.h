/**
 * @file
 * The desired state of one revision: decoded, validated, merged over all files, sorted.
 *
 * A declaration says what Git wants *and owns*; what it does not state it does not own (design 3).
 */
#ifndef PK_DESIRED_STATE_SNAPSHOT_H
#define PK_DESIRED_STATE_SNAPSHOT_H

#include "adm/model.h"
#include "desired-state/diagnostics.h"
#include "desired-state/document.h"

enum pk_heal_policy { PK_HEAL_ENFORCE, PK_HEAL_COMMITS, PK_HEAL_REPORT };
enum pk_prune_policy { PK_PRUNE_NEVER, PK_PRUNE_OWNED };
enum pk_foreign_policy { PK_FOREIGN_REPORT, PK_FOREIGN_REPLICATE };
enum pk_settings_policy { PK_SETTINGS_REPORT, PK_SETTINGS_ENFORCE };

/** A relationship as Git states it. */
struct pk_wanted_relationship {
    const char *name;
    const char *servers[PK_PAIR];
    int source; /**< PK_SERVER_1 or PK_SERVER_2 */
    enum pk_heal_policy heal;
    enum pk_prune_policy prune;
    enum pk_foreign_policy foreign;
    enum pk_settings_policy settings;
    bool split_ranges; /**< ranges are wanted in halves: reconcilers/split-ranges.h */
    bool suspend;
    struct pk_parts parts; /**< comparable fields: mode, servers, source, load-split, … kea.KEY   */
    uint64_t owned;        /**< bits of pk_relationship_fields that Git states                    */
    struct pk_mark mark;
};

/** A scope as Git states it, scope-defaults merged in. */
struct pk_wanted_scope {
    struct pk_prefix subnet;
    const char *relationship;
    struct pk_parts parts;        /**< canonical; PK_SCOPE_RELATIONSHIP is always one of them     */
    const struct pk_mark *origin; /**< of each part: where it was written (default or scope)      */
    uint64_t owned;               /**< bits of pk_scope_fields that are Git's as a whole; never
                                       the kea bit                                                */
    const char *const *owned_kea; /**< kea keys that are Git's, sorted; `null` = wanted absent    */
    size_t owned_kea_count;
    bool is_split; /**< its ranges are halves already; never in a snapshot */
    struct pk_mark mark;
};

/** Is (field, key) Git's in this scope? */
bool
pk_wanted_owns(const struct pk_wanted_scope *scope, const struct pk_field *field, const char *key);

struct pk_snapshot {
    const char *ref;    /**< branch, or "" for a directory                   */
    const char *commit; /**< 40 hex digits, or "" for a directory            */
    const struct pk_wanted_relationship *relationships; /**< sorted by name  */
    size_t relationship_count;
    const struct pk_wanted_scope *scopes; /**< sorted by (relationship, subnet) */
    size_t scope_count;
};

/** The scopes of one relationship: a slice of the sorted array. */
struct pk_wanted_scopes {
    const struct pk_wanted_scope *at;
    size_t count;
};

struct pk_wanted_scopes
pk_snapshot_scopes(const struct pk_snapshot *snapshot, const char *relationship);
const struct pk_wanted_relationship *
pk_snapshot_relationship(const struct pk_snapshot *snapshot, const char *name);

/** Subnets whose scopes differ between two snapshots, in whatever relationship; sorted. */
struct pk_prefixes
pk_snapshot_changes(struct pk_pool *pool, const struct pk_snapshot *a, const struct pk_snapshot *b);

/** Of what a scope says and owns, wherever it is written: equal hashes, equal declarations. */
struct pk_sha256 pk_wanted_hash(const struct pk_wanted_scope *scope);

/** The snapshot with the scopes of these subnets (sorted) alone. */
struct pk_snapshot pk_snapshot_only(struct pk_pool *pool, const struct pk_snapshot *snapshot,
                                    const struct pk_prefixes *subnets);

/** One YAML file of a revision. */
struct pk_source_file {
    const char *path;      /**< relative to the configured path */
    const char *object_id; /**< blob id, or NULL                 */
    const char *bytes;
    size_t size;
};

/** What the rules may know of the agent's configuration. */
struct pk_known_server {
    const char *name;
    bool demands_valid_scope; /**< its kind enforces ValidateDhcpScope (protocol 3.7) */
    bool cannot_split_ranges; /**< its kind has no classes of peers (drivers/driver.h) */
};

struct pk_snapshot_context {
    const struct pk_known_server *servers; /**< NULL = no configuration at hand: not judged */
    size_t server_count;
    struct pk_document_limits limits;
};

/**
 * Decodes and validates all files together.
 * @param pool  owns the snapshot
 * @return PK_OK; PK_EINVAL when @p diagnostics holds an error: @p out is then untouched
 */
enum pk_code pk_snapshot_build(struct pk_pool *pool, const struct pk_source_file *files,
                               size_t file_count, const struct pk_snapshot_context *context,
                               struct pk_diagnostics *diagnostics, struct pk_snapshot *out);

#endif
