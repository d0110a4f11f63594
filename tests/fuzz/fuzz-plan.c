/* Plan files: whoever may write one decides what `apply` compares with what it would do. */
#include "fuzz.h"

#include <string.h>

#include "agent/plan-file.h"

static const char *
plan_defect(const struct pk_plan_file *plan)
{
    if (plan->document == NULL || plan->ref == NULL || plan->commit == NULL) {
        return "a plan that lacks what apply needs";
    }
    return strcmp(json_string_value(json_object_get(plan->document, "kind")), "pairkeeper-plan") ==
                   0
               ? NULL
               : "a file of another kind";
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct pk_plan_file plan = {0};
    struct pk_error err = {0};
    enum pk_code code = pk_plan_file_parse((const char *)bytes, size, "plan.json", &plan, &err);
    if (code == PK_OK) {
        insist_on_none(plan_defect(&plan));
    } else if (code != PK_EINVAL || err.message[0] == '\0') {
        insist_on_none("refused without a reason");
    }
    pk_plan_file_close(&plan);
    return 0;
}
