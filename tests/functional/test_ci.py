"""examples/ci: the script and the steps of both workflows, run as a runner would."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import unittest

import yaml

from pairkeeper_case import ENVIRONMENT, PROGRAM, PairkeeperCase, ROOT, relationship, scopes, subnet

CI = ROOT / "examples" / "ci"
MARKER = "<!-- pairkeeper:diff"


class Ci(PairkeeperCase):
    def setUp(self):
        super().setUp()
        self.folder = self.repository.folder
        self.defaults = relationship("scope-defaults: {lease-time: 8h}")
        shutil.copytree(CI, self.folder / "ci")
        self.established(self.defaults, scopes([1, 2]))
        self.snapshot = self.work / "snapshot.db"
        self.comment = self.folder / "comment.md"
        self.plan = self.folder / "plan.json"

    def take_snapshot(self):
        """What README.md says, from a connection that cannot write."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db, \
                contextlib.closing(sqlite3.connect(self.snapshot)) as copy:
            db.backup(copy)

    def propose(self, *texts):
        self.repository.git("switch", "--quiet", "--create", "change")
        self.commit(*texts)
        self.repository.git("switch", "--quiet", "main")

    def run_script(self, script, code=0, **environment):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, text=True,
            env={**ENVIRONMENT, "PAIRKEEPER": PROGRAM, "PAIRKEEPER_SNAPSHOT": str(self.snapshot),
                 **environment},
            capture_output=True, check=False, timeout=240)
        self.assertEqual(done.returncode, code, f"{done.stdout}\n{done.stderr}")
        return done

    def check(self, branch="change", code=0):
        return self.run_script(f"ci/check-plan {branch} comment.md plan.json", code)

    def fake(self, name, body):
        """A program of this name in front of the path; its calls are kept in NAME.calls."""
        folder = self.work / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {self.work}/{name}.calls\n{body}\n')
        program.chmod(0o755)
        return f"{folder}:{os.environ['PATH']}"

    def calls(self, name):
        return (self.work / f"{name}.calls").read_text().splitlines()

    # -- the script --

    def test_a_proposal_is_planned_against_the_snapshot(self):
        self.take_snapshot()
        self.propose(self.defaults, scopes([1, 2], "name: New"))
        self.edit("dhcp-b", subnet(1), "name=After the snapshot")
        self.check()
        text = self.comment.read_text()
        self.assertTrue(text.startswith(MARKER))
        self.assertIn("name", text)
        self.assertIn(subnet(2), text)
        self.assertNotIn("Not acted on", text)  # of the check alone: what is merged is acted on
        self.assertNotIn("After the snapshot", text)
        self.assertEqual(json.loads(self.plan.read_text())["kind"], "pairkeeper-plan")

    def test_a_proposal_that_changes_nothing_says_so(self):
        self.take_snapshot()
        self.propose(self.defaults + "# a remark\n", scopes([1, 2]))
        self.check()
        self.assertIn("nothing to do", self.comment.read_text())

    def test_an_invalid_proposal_fails_with_its_errors_as_the_comment(self):
        self.take_snapshot()
        self.propose(self.defaults, "scopes:\n  - subnte: 10.0.1.0/24\n    </details> ```: x\n")
        done = self.check(code=3)
        text = self.comment.read_text()
        self.assertTrue(text.startswith(MARKER))
        self.assertIn("1.yaml:2:5", text)
        self.assertIn("1.yaml:2:5", done.stderr)
        for line in text.splitlines()[3:]:
            self.assertTrue(line.startswith("    "), line)
        self.assertFalse(self.plan.exists())

    def test_without_a_snapshot_nothing_is_planned(self):
        self.propose(self.defaults, scopes([1]))
        self.assertIn("there is no snapshot", self.check(code=1).stderr)
        self.snapshot.write_bytes(b"")
        self.check(code=1)
        self.assertFalse(self.comment.exists())

    def test_it_leaves_the_snapshot_and_the_folder_as_they_were(self):
        self.take_snapshot()
        self.propose(self.defaults, scopes([1, 2, 3]))
        before = self.snapshot.read_bytes(), sorted(os.listdir(self.folder / "ci"))
        self.check()
        self.assertEqual(before, (self.snapshot.read_bytes(), sorted(os.listdir(self.folder / "ci"))))

    def test_the_plan_that_was_reviewed_is_applied_after_the_merge(self):
        self.take_snapshot()
        self.propose(self.defaults, scopes([1, 2, 3]))
        self.check()
        self.repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "change")
        self.run_program("apply", self.plan)
        self.assertIn(subnet(3), self.listed("dhcp-b"))

    # -- GitHub --

    def steps(self):
        workflow = yaml.safe_load((CI / "github.yaml").read_text())
        return {step["name"]: step for step in workflow["jobs"]["plan"]["steps"] if "name" in step}

    def test_the_steps_of_github_run(self):
        self.take_snapshot()
        self.propose(self.defaults, scopes([1, 2, 3]))
        origin = self.work / "origin.git"
        self.repository.git("clone", "--quiet", "--bare", ".", str(origin))
        subprocess.run(["git", "update-ref", "refs/pull/7/merge", "change"], cwd=origin, check=True,
                       env=ENVIRONMENT)
        self.repository.git("remote", "add", "origin", str(origin))
        steps = self.steps()
        self.run_script(steps["Fetch the proposal as it would be merged"]["run"], NUMBER="7")
        self.run_script(steps["Validate, and plan against the snapshot"]["run"])
        self.assertIn(subnet(3), self.comment.read_text())
        for known, method in (("", "POST repos/o/r/issues/7/comments"),
                              ("echo 99", "PATCH repos/o/r/issues/comments/99")):
            path = self.fake("gh", f'case "$*" in *--paginate*) {known or ":"};; esac')
            self.run_script(steps["Comment"]["run"], PATH=path, NUMBER="7", GITHUB_REPOSITORY="o/r")
            self.assertIn(f"--method {method} --field body=@comment.md", self.calls("gh")[-1])

    # -- GitLab --

    def test_the_steps_of_gitlab_run(self):
        self.take_snapshot()
        self.propose(self.defaults, scopes([1, 2, 3]))
        self.repository.git("remote", "add", "origin", str(self.folder))
        head = self.repository.git("rev-parse", "change")
        self.repository.git("switch", "--quiet", "--detach", head)
        job = yaml.safe_load((CI / "gitlab.yaml").read_text())["dhcp-plan"]
        for line in job["script"]:
            self.run_script(line, CI_COMMIT_SHA=head, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
        self.assertIn(subnet(3), self.comment.read_text())
        self.assertEqual(job["artifacts"]["paths"], ["plan.json"])
        for known, request in (("", "--request POST"), ("99", "--request PUT")):
            self.fake("jq", f"cat > /dev/null; echo {known}")
            path = self.fake("curl", ":")
            for line in job["after_script"]:
                self.run_script(line, PATH=path, CI_API_V4_URL="https://git.example/api/v4",
                                CI_PROJECT_ID="5", CI_MERGE_REQUEST_IID="7", COMMENT_TOKEN="t")
            self.assertIn(request, self.calls("curl")[-1])
            self.assertIn("/projects/5/merge_requests/7/notes", self.calls("curl")[-1])

    def test_both_workflows_only_run_what_is_here(self):
        for name in ("github.yaml", "gitlab.yaml"):
            text = (CI / name).read_text()
            self.assertIn("ci/check-plan proposal comment.md plan.json", text)
            for word in ("apt", "pip ", "npm", "wget", "install "):
                self.assertNotIn(word, text)


if __name__ == "__main__":
    unittest.main()
