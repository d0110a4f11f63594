/**
 * @file
 * What `doctor` found: findings of the installation, of servers and of pairs in one list, in the
 * order in which people read them.
 */
#ifndef PK_AGENT_DOCTOR_H
#define PK_AGENT_DOCTOR_H

#include "agent/context.h"
#include "drivers/finding.h"

/** A finding and what it is about: a pair, else a server, else (both NULL) the installation. */
struct pk_doctor_finding {
    struct pk_finding is;
    const char *relationship;
};

/** Something that was looked at, whether anything was found or not. */
struct pk_doctor_subject {
    const char *server;           /**< a server, or NULL                       */
    const char *relationship;     /**< a pair, or NULL; neither = installation */
    const char *servers[PK_PAIR]; /**< of a pair                               */
    const char *driver;           /**< of a server                             */
};

struct pk_doctor {
    struct pk_pool *pool;
    struct pk_doctor_subject *subjects; /**< installation, servers, pairs; each by name */
    size_t subject_count;
    struct {
        struct pk_doctor_finding *at;
        size_t count, capacity;
    } findings;
    size_t servers, servers_read;
};

/** Adds one thing that is looked at; room for all of them must be there. */
void pk_doctor_add_subject(struct pk_doctor *doctor, struct pk_doctor_subject subject);

/**
 * Takes findings over, but not of a check that has told something of the same server or pair
 * before: a driver's own checks see more than those over rows, and come first.
 */
void pk_doctor_take(struct pk_doctor *doctor, const char *relationship,
                    const struct pk_findings *findings);

/** Worst first within each subject; findings of one check stay together, in the order found. */
void pk_doctor_sort(struct pk_doctor *doctor);

/** How many findings of this severity. */
size_t pk_doctor_count(const struct pk_doctor *doctor, enum pk_severity_of_finding severity);

/** What shows when servers are read, whatever their kind. */
enum pk_doctor_server_check {
    PK_DOCTOR_UNREACHABLE,
    PK_DOCTOR_OTHER_PAIR,
    PK_DOCTOR_SERVER_CHECKS
};
extern const struct pk_check pk_doctor_server_checks[];

/** Is the finding about this subject? */
bool pk_doctor_is_about(const struct pk_doctor_finding *finding,
                        const struct pk_doctor_subject *subject);

/** Prints it in the context's format: text for people, or JSON (agent/pages/shapes.json). */
void pk_doctor_print(struct pk_context *context, const struct pk_doctor *doctor);

#endif
