/**
 * @file
 * What a kind of DHCP server must be able to do for us.
 *
 * A driver is a constant table of functions over one opaque connection.  It does what one call
 * asks, once: no retries, no logging, no decisions.  The interface fits servers that write scope by
 * scope and servers that only take a whole configuration: a batch is always offered whole, and the
 * capabilities say how large it may be and whether it can fail in parts.
 *
 * Calls block for at most the server's time-out.  A connection is used by one thread at a time.
 */
#ifndef PK_DRIVERS_DRIVER_H
#define PK_DRIVERS_DRIVER_H

#include "adm/db.h"
#include "adm/fault.h"
#include "adm/model.h"
#include "adm/scopes.h"

/**
 * Where a server is, from the agent's own configuration.  Lives as long as that.  Secrets are named
 * by their files and read at the moment of use.
 */
struct pk_server_config {
    const char *name;
    const char *driver; /**< `adm`, …                                   */
    const char *url;    /**< NULL where the driver needs none           */
    const char *path;   /**< file of `kea-file`                         */
    const char *ca;     /**< certificates to check the server's own against, NULL = the system's */
    const char *username, *password_file;    /**< or NULL */
    const char *certificate_file, *key_file; /**< our own towards the server, or NULL */
    uint32_t timeout_ms;
    bool writes;
};

enum pk_write_order { PK_SOURCE_FIRST, PK_SERVER_1_FIRST, PK_SERVER_2_FIRST };

struct pk_capabilities {
    bool writes;              /**< false: this kind is read only                              */
    bool whole_configuration; /**< a batch is refused or taken as one                         */
    size_t batch_limit;       /**< scopes a batch; 1 = both sides back to back, scope by scope;
                                   more all the same beside a whole_configuration              */
    bool keeps_relationships; /**< relationship and link rows are ours to make (adm)          */
    bool has_pair_states;
    bool demands_valid_scope; /**< enforces ValidateDhcpScope                                 */
    bool changed_by_us_alone; /**< nobody writes it who does not hold the database's lock     */
    enum pk_write_order create_order, update_order, delete_order;
    uint64_t lacks; /**< relationship settings that this kind does not have: bits by
                         pk_field_index(), never compared on it                         */
};

/** What the agent calls a peering. */
struct pk_peering_name {
    const char *relationship;     /**< NULL = no relationship that is managed here */
    const char *partner;          /**< the partner's name in the agent's configuration, or NULL */
    struct pk_server *connection; /**< to the partner, where it is of the same kind and open  */
};

/** What is in force for a scope that states nothing. */
struct pk_scope_defaults {
    const char *network; /**< in this one, as the value of a part; NULL = in none, or a new one */
    struct pk_parts parts;
};

/** Everything a server holds that is our business. */
struct pk_observation {
    struct pk_rows rows;           /**< all scopes, also those of other relationships or none */
    struct pk_relations relations; /**< those this server is a member of                      */
    const struct pk_scope_defaults *defaults; /**< NULL: what is not stated is not there      */
    size_t default_count;
    const char *sequence;     /**< change sequence it belongs to                                  */
    const char *surroundings; /**< what its scopes rest on, in the driver's own words, for the
                                   mirror to keep; NULL = nothing                             */
};

enum pk_change_kind { PK_PUT_SCOPE, PK_DELETE_SCOPE, PK_PUT_RELATION };

struct pk_change {
    enum pk_change_kind kind;
    struct pk_prefix subnet;
    struct pk_sha256 expected;          /**< hash of the row that may be overwritten; zero = none */
    const struct pk_row *wanted;        /**< PUT_SCOPE                                            */
    const struct pk_relation *relation; /**< PUT_RELATION; with PUT_SCOPE: made first where the
                                             driver keeps relationships and it is missing        */
};

enum pk_outcome {
    PK_OUTCOME_NOT_RUN, /**< nothing was tried                                              */
    PK_OUTCOME_WRITTEN,
    PK_OUTCOME_STALE,   /**< the server holds something else than expected: nothing written */
    PK_OUTCOME_REFUSED, /**< the server understood and refused: nothing written             */
    PK_OUTCOME_UNKNOWN, /**< cut off: look before anything else                             */
};

struct pk_change_result {
    enum pk_outcome outcome;
    struct pk_fault fault; /**< outer none (the operation's is added above), inner = the cause */
};

struct pk_health {
    enum pk_pair_state state; /**< worst over the server's relationships */
    const char *version;      /**< of the server's software, or ""       */
};

/** Something about a server or a pair that a person should do something about. */
enum pk_severity_of_finding { PK_FINDING_NOTE, PK_FINDING_WARNING, PK_FINDING_PROBLEM };

struct pk_finding {
    enum pk_severity_of_finding severity;
    const char *code; /**< stable, as `no-authentication`; a row of the driver's table of checks */
    const char *server;  /**< NULL = the pair */
    const char *subnet;  /**< text of the prefix, or NULL */
    const char *message; /**< what is, in one line */
    const char *advice;  /**< what to do about it */
};

struct pk_findings {
    struct pk_finding *at;
    size_t count, capacity;
};

struct pk_server; /**< a connection; each driver has its own */

struct pk_driver {
    const char *name;           /**< as written in the configuration                         */
    bool needs_url, needs_path; /**< keys of the configuration without which there is no server */
    /** What is wrong with a url of the configuration and how to write it, or NULL; needs_url. */
    const char *(*url_fault)(const char *url);
    /**
     * Over a network: servers of such a kind are read beside each other, each by one thread, and
     * never with the database.
     */
    bool is_remote;
    /**
     * The clients that a peer serves are in the class of this name with the peer's behind it, and
     * ranges may be tied to it.  NULL: there is no such class.
     */
    const char *peer_class;

    /**
     * @param db   the ADM: the embedded driver's server, NULL = empty, read only
     * @param out  yours, for close()
     */
    enum pk_code (*open)(const struct pk_server_config *config, struct pk_db *db,
                         struct pk_server **out, struct pk_error *err);
    /** What this server can do; asked, never guessed.  Constant for a connection. */
    const struct pk_capabilities *(*capabilities)(const struct pk_server *server);
    /**
     * Cheap: equal texts mean that nothing changed since.
     * @param since  a text from before, or NULL: answered again when nothing changed since then,
     *               for servers that can only tell "not since", not "which"
     */
    enum pk_code (*sequence)(struct pk_server *server, struct pk_pool *pool, const char *since,
                             const char **out, struct pk_error *err);
    /**
     * The relationships this server is in, in its own words.  NULL: it knows our names for them.
     * Reads the server; what was read serves the next read() too.
     */
    enum pk_code (*peerings)(struct pk_server *server, struct pk_pool *pool,
                             struct pk_peerings *out, struct pk_error *err);
    /**
     * The same as the ADM remembers it, without asking the server; after sequence() on this
     * connection.  Where peerings() is there, and read_near() is.
     * @return PK_OK; PK_EAGAIN: what is remembered is not of now
     */
    enum pk_code (*recall_peerings)(struct pk_server *server, struct pk_pool *pool,
                                    struct pk_peerings *out, struct pk_error *err);
    /**
     * Says what the agent calls the server's peerings, in their order; holds until said again.
     * The texts must stay as long as the connection.
     * @param alone  relationship of a server without any peering, or NULL
     */
    void (*name_peerings)(struct pk_server *server, const struct pk_peering_name *names,
                          size_t count, const struct pk_peering_name *alone);
    /** All of it or a failure; a garbled answer is a failure, never an empty server. */
    enum pk_code (*read)(struct pk_server *server, struct pk_pool *pool, struct pk_observation *out,
                         struct pk_error *err);
    /**
     * What there is of these subnets (sorted): their rows, and every further row that overlaps one
     * of them or holds the subnet id it is given in @p ids (0: none), with all relationships.
     * NULL: this kind of server is always read as a whole.
     */
    enum pk_code (*read_near)(struct pk_server *server, struct pk_pool *pool,
                              const struct pk_prefix *subnets, const uint32_t *ids, size_t count,
                              struct pk_observation *out, struct pk_error *err);
    /**
     * Every row by subnet, subnet id and hash, for a server that keeps hashes with its rows.
     * NULL: only read() can tell.
     */
    enum pk_code (*read_hashes)(struct pk_server *server, struct pk_pool *pool,
                                struct pk_row_hashes *out, struct pk_error *err);
    /**
     * Offers a batch in order.
     * @param results  one for each change
     * @return PK_OK: each result tells.  PK_EREFUSED: refused as one, nothing written: the caller
     *         halves the batch.  Else the connection failed; results say how far it came.
     */
    enum pk_code (*write)(struct pk_server *server, const struct pk_change *changes, size_t count,
                          struct pk_change_result *results, struct pk_error *err);
    /** Reads these scopes (sorted) again from the server itself. */
    enum pk_code (*verify)(struct pk_server *server, struct pk_pool *pool,
                           const struct pk_prefix *subnets, size_t count, struct pk_rows *out,
                           struct pk_error *err);
    /**
     * Makes what was written survive a restart of the server, and sees that it does.  NULL: writes
     * last by themselves.
     */
    enum pk_code (*persist)(struct pk_server *server, struct pk_error *err);
    /**
     * Ends what a write that was cut off has left with the server and its partner: waits for them
     * where that is needed, and touches nothing when all is well.  Uses the partner's connection
     * too.  NULL: nothing is ever left.
     */
    enum pk_code (*mend)(struct pk_server *server, struct pk_error *err);
    /**
     * The addresses of the active leases that hang on a subnet id, in @p pool.  NULL: never known.
     * @return not PK_OK: nobody can tell
     */
    enum pk_code (*leases)(struct pk_server *server, struct pk_pool *pool, uint32_t subnet_id,
                           const uint32_t **out, size_t *count, struct pk_error *err);
    enum pk_code (*health)(struct pk_server *server, struct pk_health *out, struct pk_error *err);
    /** Has a server that has stopped talking to its partner begin anew.  NULL: none ever stops. */
    enum pk_code (*rejoin)(struct pk_server *server, const char *relationship,
                           struct pk_error *err);
    /**
     * Has a server begin anew that says all is well and hears nobody, by giving it what it has.
     * Its partner must be able to serve meanwhile.  NULL: none ever falls silent.
     * @return PK_EREFUSED: it said no, or would lose something; PK_EAGAIN: it is not back in time
     */
    enum pk_code (*revive)(struct pk_server *server, struct pk_error *err);
    /**
     * Everything that is worth telling about this server alone.  Findings live in @p pool and need
     * neither the connection nor anything but its configuration.  NULL: nothing ever.
     */
    enum pk_code (*examine)(struct pk_server *server, struct pk_pool *pool, struct pk_findings *out,
                            struct pk_error *err);
    /**
     * What only shows when two servers of this kind are held beside each other.  What examine() has
     * asked of them serves here too.  NULL: nothing.
     */
    enum pk_code (*examine_pair)(struct pk_server *first, struct pk_server *second,
                                 struct pk_pool *pool, struct pk_findings *out,
                                 struct pk_error *err);
    void (*close)(struct pk_server *server); /**< NULL is allowed */
};

/** The driver called @p name, or NULL. */
const struct pk_driver *pk_driver_find(const char *name);
/** All, NULL-terminated: for messages and documentation. */
extern const struct pk_driver *const pk_drivers[];

#endif
