"""What `neap plan` writes and `--plan` takes: plan_file.py MODEL SCRATCH_FOLDER COMPILE_OPTION..."""

import json
import pathlib
import subprocess
import sys

model, scratch, options = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]


def neap(command, *arguments, expect=0):
    done = subprocess.run(["neap", command, model, *options, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != expect:
        sys.exit(f"{command} {arguments}: expected exit code {expect}, got {done.returncode}\n{done.stderr}")
    return done


def planned(program):
    return json.loads(subprocess.run(["neap", "inspect", program, "--json"], capture_output=True, text=True).stdout)["planned_bytes"]


def expect(condition, message):
    if not condition:
        sys.exit(message)


scratch.mkdir(parents=True, exist_ok=True)
file, page, curve = scratch / "plan.json", scratch / "plan.html", scratch / "curve.html"
text = neap("plan", "--memory", "minimum", "--json", file, "--report", page, "--curve", curve, "--points", 12).stdout
plan = json.loads(file.read_text())
expect("alive at the peak:" in text and f"({plan['planned_bytes']} bytes)" in text, text)
expect(len(plan["curve"]) == 12, "expected 12 points")
for html in (page, curve):
    expect("<script" in html.read_text() and str(plan["planned_bytes"]) in html.read_text(), f"{html} is no page of the plan")
peak = max(sum(task["bytes"]) for task in plan["after"]["tasks"])
expect(peak <= plan["planned_bytes"], f"{peak} bytes alive in a plan of {plan['planned_bytes']}")

# The file says what the budget said.
neap("compile", "--plan", file, "-o", scratch / "from-file")
neap("compile", "--memory", "minimum", "-o", scratch / "from-budget")
expect(planned(scratch / "from-file") == plan["planned_bytes"] == planned(scratch / "from-budget"), "planned bytes differ")

# What moves is brought back while others compute, not right before its update.
third = plan["minimum_bytes"] + (plan["unplanned_bytes"] - plan["minimum_bytes"]) // 3
neap("plan", "--machine-profile", "none", "--memory", third, "--json", scratch / "moved.json")
tasks = json.loads((scratch / "moved.json").read_text())["after"]["tasks"]
following = [next(task["phase"] for task in tasks[place:] if task["seconds"] > 0)
             for place, task in enumerate(tasks) if task["kind"] == "reload"]
expect(len(following) > 4, f"expected values that move, got {len(following)}")
expect(4 * following.count("update") < len(following), f"reloads stand right before what reads them: {following}")

# Edited: everything kept of what the tiles leave. The budget is still a promise.
expect(any(tile["made_again"] for tile in plan["tiles"]), "expected an MLP in tiles")
for value in plan["values"]:
    if value["action"] in ("recompute", "offload"):
        value["action"] = "keep"
edited = scratch / "edited.json"
values = [{key: value[key] for key in ("number", "name", "action")} for value in plan["values"]]
edited.write_text(json.dumps({"format": plan["format"], "tiles": plan["tiles"], "values": values}))
neap("compile", "--plan", edited, "-o", scratch / "edited")
expect(plan["planned_bytes"] < planned(scratch / "edited") < plan["unplanned_bytes"], "the edited plan was not taken")
refused = neap("compile", "--plan", edited, "--memory", plan["minimum_bytes"], "-o", scratch / "refused", expect=5)
expect(f"the plan of '{edited}' needs" in refused.stderr, refused.stderr)


def refuse(change, message):
    broken = json.loads(file.read_text())
    change(broken)
    (scratch / "broken.json").write_text(json.dumps(broken))
    error = neap("compile", "--plan", scratch / "broken.json", "-o", scratch / "refused", expect=2).stderr
    expect(message in error, f"expected '{message}', got\n{error}")


refuse(lambda plan: plan.update(format=99), "of format 1")
refuse(lambda plan: plan["values"].pop(), "the plan was made for another step")
refuse(lambda plan: plan.update(tiles=[]), "the plan was made for another step")
refuse(lambda plan: plan["tiles"][0].update(name="other"), "expected tiles of values of this step")
refuse(lambda plan: plan["tiles"][0].update(made_again=False), "expected tiles of values of this step")
refuse(lambda plan: plan["values"][0].update(name="other"), "the plan was made for another step")
refuse(lambda plan: plan["values"][0].update(action="burn"), "expected the action keep")
refuse(lambda plan: plan["values"].__setitem__(1, plan["values"][0]), "a number of its own")
refuse(lambda plan: [value.update(action="not needed") for value in plan["values"]], "is needed")
# A plan is for values as they wait: in fp32 or in bf16.
neap("plan", "--lossy-stash", "--memory", "minimum", "--json", scratch / "stashed.json")
for made, arguments in ((file, ["--lossy-stash"]), (scratch / "stashed.json", [])):
    error = neap("compile", "--plan", made, *arguments, "-o", scratch / "refused", expect=2).stderr
    expect("the plan was made for another step" in error, error)
neap("compile", "--lossy-stash", "--plan", scratch / "stashed.json", "-o", scratch / "stashed")
stashed = json.loads((scratch / "stashed.json").read_text())
expect(planned(scratch / "stashed") == stashed["planned_bytes"], "the plan of stashes was not taken")
expect(any("bf16" in value["type"] for value in stashed["values"]), "expected values of bf16")
(scratch / "broken.json").write_text("{")
neap("compile", "--plan", scratch / "broken.json", "-o", scratch / "refused", expect=2)
neap("compile", "--plan", scratch / "absent.json", "-o", scratch / "refused", expect=2)
neap("plan", "--memory", "12 apples", expect=2)
neap("plan", "--points", 3, expect=2)
neap("plan", "--json", scratch / "no-folder" / "plan.json", expect=13)
expect(not list(scratch.glob("refused*")), "a refused compilation left files behind")
