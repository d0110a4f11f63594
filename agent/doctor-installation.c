/* In the order in which one thing needs the other: without a configuration nothing else is. */
#include "agent/doctor-installation.h"

#include <sys/stat.h>

#define PROBLEM PK_FINDING_PROBLEM
#define WARNING PK_FINDING_WARNING
#define NOTE    PK_FINDING_NOTE

/* Passes keep their writes small, but a database that cannot grow stops everything. */
static const int64_t little_space_bytes = 100LL << 20;
static const int64_t mebibyte = 1LL << 20;

/* 2025-01-01T00:00:00Z: before pairkeeper was written. */
static const int64_t earliest_ms = 1735689600000;

static void
look_config(struct pk_pool *pool, const struct pk_check *check, const struct pk_installation *in,
            struct pk_findings *out)
{
    for (size_t i = 0; i < in->config_error_count; i++) {
        pk_finding_add(pool, out, check, NULL, NULL, "%s", in->config_errors[i]);
    }
}

static void
look_config_writable(struct pk_pool *pool, const struct pk_check *check,
                     const struct pk_installation *in, struct pk_findings *out)
{
    if ((in->config.mode & S_IWOTH) != 0) {
        pk_finding_add(pool, out, check, NULL, NULL, "%s", in->config.path);
    }
}

static void
look_secret_unreadable(struct pk_pool *pool, const struct pk_check *check,
                       const struct pk_installation *in, struct pk_findings *out)
{
    for (size_t i = 0; i < in->secret_count; i++) {
        if (in->secrets[i].failure != NULL) {
            pk_finding_add(pool, out, check, NULL, NULL, "%s: %s", in->secrets[i].path,
                           in->secrets[i].failure);
        }
    }
}

static void
look_secret_exposed(struct pk_pool *pool, const struct pk_check *check,
                    const struct pk_installation *in, struct pk_findings *out)
{
    for (size_t i = 0; i < in->secret_count; i++) {
        if ((in->secrets[i].mode & S_IRWXO) != 0) {
            pk_finding_add(pool, out, check, NULL, NULL, "%s: mode %03o", in->secrets[i].path,
                           in->secrets[i].mode);
        }
    }
}

static void
tell_text(struct pk_pool *pool, const struct pk_check *check, const char *text,
          struct pk_findings *out)
{
    if (text != NULL) {
        pk_finding_add(pool, out, check, NULL, NULL, "%s", text);
    }
}

static void
look_repository(struct pk_pool *pool, const struct pk_check *check,
                const struct pk_installation *in, struct pk_findings *out)
{
    tell_text(pool, check, in->repository_failure, out);
}

static void
look_revision(struct pk_pool *pool, const struct pk_check *check, const struct pk_installation *in,
              struct pk_findings *out)
{
    tell_text(pool, check, in->revision_failure, out);
}

static void
look_no_pair(struct pk_pool *pool, const struct pk_check *check, const struct pk_installation *in,
             struct pk_findings *out)
{
    if (in->knows_no_pair) {
        pk_finding_add(pool, out, check, NULL, NULL, "no relationship is known");
    }
}

static void
look_database(struct pk_pool *pool, const struct pk_check *check, const struct pk_installation *in,
              struct pk_findings *out)
{
    tell_text(pool, check, in->database_failure, out);
}

static void
look_no_database(struct pk_pool *pool, const struct pk_check *check,
                 const struct pk_installation *in, struct pk_findings *out)
{
    if (!in->has_database && in->database_failure == NULL) {
        pk_finding_add(pool, out, check, NULL, NULL, "nothing was ever applied from here");
    }
}

static void
look_space(struct pk_pool *pool, const struct pk_check *check, const struct pk_installation *in,
           struct pk_findings *out)
{
    if (in->free_bytes >= 0 && in->free_bytes < little_space_bytes) {
        pk_finding_add(pool, out, check, NULL, NULL, "%lld MiB are free",
                       (long long)(in->free_bytes / mebibyte));
    }
}

static void
look_agent_silent(struct pk_pool *pool, const struct pk_check *check,
                  const struct pk_installation *in, struct pk_findings *out)
{
    if (in->agent == PK_AGENT_SILENT) {
        pk_finding_add(pool, out, check, NULL, NULL,
                       "process %lld holds the database and takes no requests",
                       (long long)in->agent_pid);
    }
}

static void
look_agent_absent(struct pk_pool *pool, const struct pk_check *check,
                  const struct pk_installation *in, struct pk_findings *out)
{
    if (in->agent == PK_AGENT_ABSENT) {
        pk_finding_add(pool, out, check, NULL, NULL, "no agent is running");
    }
}

static void
look_clock_wrong(struct pk_pool *pool, const struct pk_check *check,
                 const struct pk_installation *in, struct pk_findings *out)
{
    if (in->now.ms < earliest_ms) {
        pk_finding_add(pool, out, check, NULL, NULL, "this machine's clock says %s",
                       pk_wall_text(pool, in->now));
    }
}

static void
look_clock_alone(struct pk_pool *pool, const struct pk_check *check,
                 const struct pk_installation *in, struct pk_findings *out)
{
    if (in->clock_unsynchronised) {
        pk_finding_add(pool, out, check, NULL, NULL, "the kernel calls the clock unsynchronised");
    }
}

const struct pk_installation_check pk_installation_checks[] = {
    {{"configuration-unusable", PROBLEM, "The configuration cannot be read or has errors.",
      "correct the place named; docs/configuration.md has every key"},
     look_config},
    {{"configuration-writable", PROBLEM,
      "Every user of the machine may say where servers are and with which secrets.",
      "take that right away with chmod o-w"},
     look_config_writable},
    {{"secret-unreadable", PROBLEM, "A file with a secret cannot be read.",
      "correct the path or its permissions; under systemd, secrets are in $CREDENTIALS_DIRECTORY, "
      "which only the service has"},
     look_secret_unreadable},
    {{"secret-exposed", PROBLEM,
      "Every user of the machine may use a secret; pairkeeper refuses such a file.",
      "take that right away with chmod o= and think of replacing the secret"},
     look_secret_exposed},
    {{"repository-unreachable", PROBLEM,
      "The repository cannot be fetched: the last good revision stays in force.",
      "docs/repository.md has what each kind of URL needs"},
     look_repository},
    {{"revision-not-in-force", PROBLEM,
      "The tip of the branch is invalid or was rewound: the last good revision stays in force.",
      "pairkeeper validate says what is wrong with it"},
     look_revision},
    {{"pairs-not-looked-at", NOTE,
      "Which servers are partners is not known: each was looked at alone, no two beside each "
      "other.",
      "pairkeeper import writes the relationship of two servers; look again once it is committed"},
     look_no_pair},
    {{"database-unusable", PROBLEM, "The database cannot be opened or is damaged.",
      "see docs/reliability.md before anything is moved or deleted"},
     look_database},
    {{"database-missing", NOTE, "There is no database yet.",
      "pairkeeper apply makes it; look with pairkeeper diff first"},
     look_no_database},
    {{"disk-full", WARNING, "Little space is left where the database is.",
      "free some space, or move the database"},
     look_space},
    {{"agent-silent", WARNING, "A process holds the database and answers nobody.",
      "see what the process does; end it if it hangs, nothing is lost by that"},
     look_agent_silent},
    {{"agent-not-running", NOTE, "Between two calls of apply nobody keeps the servers in step.",
      "start pairkeeper run, by systemd for example, unless you apply by hand or from CI"},
     look_agent_absent},
    {{"clock-wrong", PROBLEM, "The clock of this machine is years behind.",
      "run a time service: certificates, approvals and events need the time"},
     look_clock_wrong},
    {{"clock-not-synchronised", NOTE, "Nobody corrects the clock of this machine.",
      "run a time service; in a container, the host's counts"},
     look_clock_alone},
};
const size_t pk_installation_check_count =
    sizeof pk_installation_checks / sizeof pk_installation_checks[0];

void
pk_installation_examine(struct pk_pool *pool, const struct pk_installation *installation,
                        struct pk_findings *out)
{
    for (size_t i = 0; i < pk_installation_check_count; i++) {
        const struct pk_installation_check *check = &pk_installation_checks[i];
        check->look(pool, &check->is, installation, out);
    }
}
