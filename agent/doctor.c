/*
 * Sorting needs no key beyond what a finding has, but for the order in which checks stand in their
 * tables, which is the order of the first finding of each: so equal severities keep it.
 */
#include "agent/doctor.h"

#include <stdlib.h>
#include <string.h>

void
pk_doctor_add_subject(struct pk_doctor *doctor, struct pk_doctor_subject subject)
{
    doctor->subjects[doctor->subject_count++] = subject;
}

static bool
same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_told(const struct pk_doctor *doctor, size_t before, const char *relationship,
        const struct pk_finding *finding)
{
    for (size_t i = 0; i < before; i++) {
        const struct pk_doctor_finding *one = &doctor->findings.at[i];
        if (strcmp(one->is.code, finding->code) == 0 && same(one->relationship, relationship) &&
            same(one->is.server, finding->server)) {
            return true;
        }
    }
    return false;
}

/* Findings come check by check, so the question is asked once for each check. */
void
pk_doctor_take(struct pk_doctor *doctor, const char *relationship,
               const struct pk_findings *findings)
{
    size_t before = doctor->findings.count;
    bool told = false;
    for (size_t i = 0; i < findings->count; i++) {
        const struct pk_finding *finding = &findings->at[i];
        bool again = i > 0 && strcmp(finding->code, finding[-1].code) == 0 &&
                     same(finding->server, finding[-1].server);
        told = again ? told : is_told(doctor, before, relationship, finding);
        if (!told) {
            *pk_push(doctor->pool, &doctor->findings) =
                (struct pk_doctor_finding){*finding, relationship};
        }
    }
}

bool
pk_doctor_is_about(const struct pk_doctor_finding *finding, const struct pk_doctor_subject *subject)
{
    return same(finding->relationship, subject->relationship) &&
           (subject->relationship != NULL || same(finding->is.server, subject->server));
}

/* -- Order -- */

struct placed {
    struct pk_doctor_finding finding;
    size_t subject, check, place; /* place: as found */
};

static int
compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int
compare_placed(const void *first, const void *second)
{
    const struct placed *a = first, *b = second;
    int order = compare_sizes(a->subject, b->subject);
    order = order != 0 ? order : (int)b->finding.is.severity - (int)a->finding.is.severity;
    order = order != 0 ? order : compare_sizes(a->check, b->check);
    return order != 0 ? order : compare_sizes(a->place, b->place);
}

static size_t
subject_of(const struct pk_doctor *doctor, const struct pk_doctor_finding *finding)
{
    size_t i = 0;
    while (i < doctor->subject_count && !pk_doctor_is_about(finding, &doctor->subjects[i])) {
        i++;
    }
    return i;
}

/* Place of the first finding with the same code: findings come check by check. */
static size_t
check_of(const struct placed *all, size_t place)
{
    const char *code = all[place].finding.is.code;
    if (place > 0 && strcmp(all[place - 1].finding.is.code, code) == 0) {
        return all[place - 1].check;
    }
    for (size_t i = 0; i < place; i++) {
        if (all[i].check == i && strcmp(all[i].finding.is.code, code) == 0) {
            return i;
        }
    }
    return place;
}

void
pk_doctor_sort(struct pk_doctor *doctor)
{
    PK_SCRATCH(scratch);
    size_t count = doctor->findings.count;
    struct placed *all = pk_array(scratch, struct placed, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct pk_doctor_finding *finding = &doctor->findings.at[i];
        all[i] = (struct placed){*finding, subject_of(doctor, finding), 0, i};
        all[i].check = check_of(all, i);
    }
    qsort(all, count, sizeof *all, compare_placed);
    for (size_t i = 0; i < count; i++) {
        doctor->findings.at[i] = all[i].finding;
    }
}

size_t
pk_doctor_count(const struct pk_doctor *doctor, enum pk_severity_of_finding severity)
{
    size_t count = 0;
    for (size_t i = 0; i < doctor->findings.count; i++) {
        count += doctor->findings.at[i].is.severity == severity;
    }
    return count;
}
