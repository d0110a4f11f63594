/*
 * One row per verb: parsing, help, the way to the database and the tests read them, so they cannot
 * tell different stories.
 */
#include "agent/verb.h"

#include <stdint.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define ANY_NUMBER SIZE_MAX

static const struct pk_verb_option diff_options[] = {
    {"repo", "R", "read this repository instead of the configured one"},
    {"revision", "REV", "compare with this branch or commit instead of the branch's tip"},
    {"out", "PLAN", "write the plan to this file, for apply PLAN"},
    {.name = NULL},
};

static const struct pk_verb_option apply_options[] = {
    {"digest", "DIGEST", "only the plan with this digest, as diff has it; else nothing (exit 6)"},
    {"yes", NULL, "do not ask, also on a terminal"},
    {.name = NULL},
};

static const struct pk_verb_option reconcile_options[] = {
    {"wait", NULL, "wait for the pass and answer with its exit code"},
    {.name = NULL},
};

static const struct pk_verb_option events_options[] = {
    {"since", "T", "not before this time (2026-03-01T12:00:00Z) or so long ago (2h)"},
    {"after", "SEQ", "only events after this sequence number"},
    {"limit", "N", "at most so many; the latest ones unless --after or --since is given"},
    {"follow", NULL, "go on until interrupted"},
    {"verify", NULL, "check the hash chain of all events instead of printing them"},
    {"fault", "SEQ", "the fault behind one event instead; -o soap as the protocol has it"},
    {.name = NULL},
};

static const struct pk_verb_option schema_options[] = {
    {"of", "NAME",
     "desired-state (unless given), configuration, diff, plan, explain, status, events, validate, "
     "import, doctor, error or answer; as markdown desired-state, configuration, events, doctor or "
     "status"},
    {.name = NULL},
};

static const struct pk_verb_option import_options[] = {
    {"server", "NAME", "the server whose values count (required); it becomes the source"},
    {"partner", "NAME", "its partner, where it has several"},
    {"relationship", "NAME", "what to call the relationship in the YAML"},
    {"out", "DIR", "write files into this folder, which may hold none of that name"},
    {.name = NULL},
};

static const struct pk_verb_option replicate_options[] = {
    {"from", "SERVER", "copy from this server instead of the relationship's source"},
    {"yes", NULL, "do not ask, also on a terminal"},
    {.name = NULL},
};

static const struct pk_verb_option approve_options[] = {
    {"reason", "R", "why; stands in the event (required)"},
    {"for", "DURATION", "how long the approval waits for its plan; 24h unless given"},
    {.name = NULL},
};

static const struct pk_verb_option suspend_options[] = {
    {"reason", "R", "why; stands in status and event (required)"},
    {"until", "T", "resume by itself at this time (2026-03-01T12:00:00Z) or after so long (2h)"},
    {.name = NULL},
};

static const struct pk_verb_option adm_options[] = {
    {"server", "NAME", "the embedded server; set and delete need it"},
    {"all", NULL, "delete: every scope of the server and its links"},
    {.name = NULL},
};

const struct pk_verb pk_verbs[] = {
    {
        .name = "validate",
        .arguments = "[PATH]",
        .summary = "check the YAML of a directory or of a revision",
        .document = "Checks every file and prints all errors with file, line and column. PATH is "
                    "a directory, or a branch or commit of the configured repository; without it "
                    "the tip of the configured branch, or this directory when there is no "
                    "configuration. Asks no server and no database.",
        .example = "pairkeeper validate ./dhcp",
        .positional_max = 1,
        .access = PK_ACCESS_NONE,
        .run = pk_verb_validate,
    },
    {
        .name = "diff",
        .arguments = "[NAME…]",
        .summary = "show what apply would do",
        .document = "Compares Git with what both servers hold and prints the plan. Takes no lock "
                    "and writes nothing. NAME limits it to relationships.",
        .example = "pairkeeper diff campus",
        .options = diff_options,
        .positional_max = ANY_NUMBER,
        .access = PK_ACCESS_READS,
        .needs_config = true,
        .has_markdown = true,
        .run = pk_verb_diff,
    },
    {
        .name = "apply",
        .arguments = "[PLAN]",
        .summary = "bring both servers in step with Git, once",
        .document = "One pass: fetch, observe, plan, act, verify, record. On a terminal it shows "
                    "the plan and asks first. PLAN is a file by diff --out: exactly that plan is "
                    "applied or nothing; it lifts no guard, approve does.",
        .example = "pairkeeper apply --yes",
        .options = apply_options,
        .positional_max = 1,
        .access = PK_ACCESS_CHANGES,
        .reads_file = true,
        .needs_config = true,
        .has_markdown = true,
        .run = pk_verb_apply,
    },
    {
        .name = "run",
        .arguments = "",
        .summary = "run the agent",
        .document = "Passes at every interval until SIGTERM; SIGHUP reads the configuration "
                    "again. Other verbs are handed to it through the socket beside the database.",
        .example = "pairkeeper --config /etc/pairkeeper/pairkeeper.yaml run",
        .access = PK_ACCESS_RUNS,
        .needs_config = true,
        .run = pk_verb_run,
    },
    {
        .name = "reconcile",
        .arguments = "[NAME…]",
        .summary = "ask the running agent to pass now",
        .document = "Asks the running agent for a pass over all or the named relationships, "
                    "whatever its interval and back-off say.",
        .example = "pairkeeper reconcile campus --wait",
        .options = reconcile_options,
        .positional_max = ANY_NUMBER,
        .access = PK_ACCESS_ASKS,
        .needs_config = true,
        .run = pk_verb_reconcile,
    },
    {
        .name = "status",
        .arguments = "",
        .summary = "show revisions, relationships and their conditions",
        .document = "What the last pass found, per relationship: revision, conditions, scopes, "
                    "servers, last operation.",
        .example = "pairkeeper status -o json",
        .access = PK_ACCESS_SHOWS,
        .needs_config = true,
        .run = pk_verb_status,
    },
    {
        .name = "events",
        .arguments = "",
        .summary = "show what happened",
        .document = "Prints events, oldest first; in JSON one object a line.",
        .example = "pairkeeper events --since 2h --follow",
        .options = events_options,
        .access = PK_ACCESS_SHOWS,
        .beside_option = "follow",
        .soap_option = "fault",
        .needs_config = true,
        .run = pk_verb_events,
    },
    {
        .name = "explain",
        .arguments = "SUBNET",
        .summary = "say of every field of a scope why it is as it is",
        .document =
            "For every field of the scope: what both servers hold, what is wanted and where "
            "that is written, what was last verified, who changed it, what comes next and "
            "what that waits for.",
        .example = "pairkeeper explain 10.20.0.0/24",
        .positional_min = 1,
        .positional_max = 1,
        .access = PK_ACCESS_SHOWS,
        .needs_config = true,
        .run = pk_verb_explain,
    },
    {
        .name = "import",
        .arguments = "",
        .summary = "write what servers hold as YAML",
        .document = "Reads a server and its partner and prints the YAML that says so: what most "
                    "scopes share as scope-defaults, what the partner holds instead in comments, "
                    "what the rules refuse behind a # with the reason. Writes to no server and no "
                    "database; diff afterwards shows what differs between the partners.",
        .example = "pairkeeper import --server dhcp-a --out dhcp",
        .options = import_options,
        .access = PK_ACCESS_READS,
        .needs_config = true,
        .run = pk_verb_import,
    },
    {
        .name = "replicate",
        .arguments = "scope SUBNET… | relationship NAME | server NAME",
        .summary = "copy scopes from one partner to the other by hand",
        .document = "The protocol's ReplicateFailoverScope, ReplicateFailoverRelationship and "
                    "ReplicateFailoverServer. Content that Git owns is put back by the next pass.",
        .example = "pairkeeper replicate relationship campus --from dhcp-b",
        .options = replicate_options,
        .positional_min = 2,
        .positional_max = ANY_NUMBER,
        .access = PK_ACCESS_CHANGES,
        .needs_config = true,
        .run = pk_verb_replicate,
    },
    {
        .name = "approve",
        .arguments = "DIGEST",
        .summary = "let a held plan go ahead",
        .document = "DIGEST is the digest of a relationship's plan or of a whole plan as diff "
                    "prints it: all 64 digits, or at least 8 of a plan that is held. On a "
                    "terminal the relationship's name does as well. The approval serves once.",
        .example = "pairkeeper approve 3f2c1ab0 --reason \"new resolvers, change 4711\"",
        .options = approve_options,
        .positional_min = 1,
        .positional_max = 1,
        .access = PK_ACCESS_CHANGES,
        .needs_config = true,
        .run = pk_verb_approve,
    },
    {
        .name = "suspend",
        .arguments = "NAME",
        .summary = "write nothing to a relationship until it is resumed",
        .document = "Passes go on comparing the relationship and reporting, but write neither of "
                    "its servers.",
        .example = "pairkeeper suspend campus --reason \"moving dhcp-b\" --until 2h",
        .options = suspend_options,
        .positional_min = 1,
        .positional_max = 1,
        .access = PK_ACCESS_CHANGES,
        .needs_config = true,
        .run = pk_verb_suspend,
    },
    {
        .name = "resume",
        .arguments = "NAME",
        .summary = "end a suspension",
        .document = "Ends a suspension by suspend and forgets the relationship's heals, so that "
                    "the guard flapping starts counting anew.",
        .example = "pairkeeper resume campus",
        .positional_min = 1,
        .positional_max = 1,
        .access = PK_ACCESS_CHANGES,
        .needs_config = true,
        .run = pk_verb_resume,
    },
    {
        .name = "adm",
        .arguments = "list | show SUBNET… | set SUBNET FIELD=VALUE… | delete SUBNET…",
        .summary = "console of the embedded servers: edit one side by hand",
        .document = "Shows and edits the scopes of servers with driver adm, as an operator would "
                    "at a real server's console. Fields and values are those of the YAML; maps "
                    "are reached by key: options.routers=[10.0.0.1], kea.allocator=random, "
                    "reservations.mac=00:1a:2b:3c:4d:5e={ip: 10.0.0.61}. An empty value removes. "
                    "relationship=NAME links, active-leases=N pretends.",
        .example = "pairkeeper adm set --server dhcp-b 10.20.0.0/24 lease-time=8h",
        .options = adm_options,
        .positional_min = 1,
        .positional_max = ANY_NUMBER,
        .access = PK_ACCESS_CHANGES,
        .showing_words = "list show",
        .needs_config = true,
        .run = pk_verb_adm,
    },
    {
        .name = "doctor",
        .arguments = "[NAME…]",
        .summary = "look for what is wrong and say what to do about it",
        .document =
            "Looks at the installation, at every server and at every pair, changes nothing, "
            "and goes on when something cannot be looked at: that is a finding too. NAME "
            "limits it to servers or relationships. docs/doctor.md has every check.",
        .example = "pairkeeper doctor campus",
        .positional_max = ANY_NUMBER,
        .access = PK_ACCESS_READS,
        .run = pk_verb_doctor,
    },
    {
        .name = "schema",
        .arguments = "",
        .summary = "print the JSON Schema of what is written and printed",
        .document =
            "Prints a JSON Schema (2020-12), made from the program's own tables: of the YAML "
            "for editors and pipelines, of the configuration, or of what verbs print as "
            "JSON. With -o markdown the reference page instead.",
        .example = "pairkeeper schema --of desired-state",
        .options = schema_options,
        .access = PK_ACCESS_NONE,
        .has_markdown = true,
        .run = pk_verb_schema,
    },
    {
        .name = "version",
        .arguments = "",
        .summary = "print the version",
        .document = "Prints the version of the program and of its JSON format.",
        .example = "pairkeeper version -o json",
        .access = PK_ACCESS_NONE,
        .run = pk_verb_version,
    },
    {
        .name = "help",
        .arguments = "[VERB]",
        .summary = "explain the program or a verb",
        .document = "Prints what pairkeeper --help or pairkeeper VERB --help prints.",
        .example = "pairkeeper help approve",
        .positional_max = 1,
        .access = PK_ACCESS_NONE,
        .run = pk_verb_help_all,
    },
};
const size_t pk_verb_count = COUNT_OF(pk_verbs);

const struct pk_verb *
pk_verb_find(const char *name)
{
    for (size_t i = 0; i < pk_verb_count; i++) {
        if (strcmp(pk_verbs[i].name, name) == 0) {
            return &pk_verbs[i];
        }
    }
    return NULL;
}
