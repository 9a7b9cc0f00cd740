"""Rewrites a scheduled program so that it uses far memory, with the same results.

    far_memory.py SCHEDULE.mlir OUTPUT.mlir ACTIVATIONS [MISTAKE]

All optimizer state moves to far memory: each update finds its states in one of two buffers, into which they are reloaded ahead of
use and from which they go back. And ACTIVATIONS of the values that lie idle longest are moved out and back, each while something
else is written over its place. It is no planner: nothing gets smaller by it.

A MISTAKE makes the program wrong: `hasty` (the first update does not wait for its states), `forgetful` (activations are not moved
out), or `crowded` (states share a place in far memory).
"""

import re
import sys

BLOCK = 4096
ELEMENT_BYTES = {"f32": 4, "i32": 4, "i64": 8, "f64": 8, "i1": 1}

SLOT = re.compile(r"^ *(%\w+) = sched\.slot (\w+)( @[\w.\"/]+)?.* at (\d+).*: <(tensor<[^>]*>)>")
LAUNCH = re.compile(r"^ *(%\w+)(?::(\d+))? = sched\.launch @\S+ stream\(compute\) in\(([^)]*)\) out\(([^)]*)\)")


def pad(size):
    return -(-size // BLOCK) * BLOCK


def bytes_of(tensor):
    *dims, element = tensor[len("tensor<") : -1].split("x")
    size = ELEMENT_BYTES[element]
    for dim in dims:
        size *= int(dim)
    return size


def near(tensor):
    return f"!sched.slot<{tensor}>"


def far(tensor):
    return f"!sched.slot<{tensor}, far>"


def operands(text):
    names, _, types = text.partition(" : ")
    return list(zip(names.split(", "), re.findall(r"tensor<[^>]*>", types))) if types else []


def use(name, line):
    return re.search(re.escape(name) + r"(?![\w#])", line)


def rename(line, old, new):
    return re.sub(re.escape(old) + r"(?![\w#])", new, line)


class Program:
    """The lines of the program, and beside each what is to be put before and behind it."""

    def __init__(self, text):
        self.lines = text.splitlines()
        self.before = [[] for _ in self.lines]
        self.behind = [[] for _ in self.lines]
        header = next(i for i, line in enumerate(self.lines) if "sched.program" in line)
        self.header = header
        self.device = int(re.search(r"arena<device, (\d+)>", self.lines[header])[1])
        self.far = 0
        self.names = 0

    def place(self, size):
        begin = pad(self.device)
        self.device = begin + size
        return begin

    def place_far(self, size):
        begin = pad(self.far)
        self.far = begin + size
        return begin

    def new(self, kind):
        self.names += 1
        return f"%{kind}_{self.names}"

    def slot(self, where, offset, tensor, space=""):
        name = self.new("slot")
        where.append(f"{name} = sched.slot activation at {offset} : <{tensor}{space}>")
        return name

    def signal(self, where, stream):
        name = self.new("event")
        where.append(f"{name} = sched.signal stream({stream})")
        return name

    def copy(self, where, source, target, stream, after, types):
        name = self.new("copied")
        events = f" after({', '.join(after)})" if after else ""
        where.append(f"{name} = sched.copy {source} to {target} stream({stream}){events} : {types[0]} to {types[1]}")
        return name

    def wait(self, line, events):
        """Makes a launch wait."""
        text = self.lines[line]
        if " after(" in text:
            self.lines[line] = text.replace(" after(", f" after({', '.join(events)}, ")
        else:
            at = text.rindex(" loc(")
            self.lines[line] = f"{text[:at]} after({', '.join(events)}){text[at:]}"

    def launches(self):
        for number, line in enumerate(self.lines):
            if found := LAUNCH.match(line):
                yield number, found

    def print(self):
        arenas = f"arenas [#sched.arena<device, {self.device}>, #sched.arena<far, {self.far}>]"
        self.lines[self.header] = re.sub(r"arenas \[.*\]", arenas, self.lines[self.header])
        pieces = zip(self.before, self.lines, self.behind)
        return "\n".join(line for before, line, behind in pieces for line in [*before, line, *behind]) + "\n"


def result(found, position):
    return f"{found[1]}#{position}" if found[2] else found[1]


def move_states(program):
    states = {}
    for number, line in enumerate(program.lines):
        slot = SLOT.match(line)
        if slot and slot[2] == "state":
            tensor = slot[5]
            offset = 0 if mistake == "crowded" else program.place_far(bytes_of(tensor))
            program.far = max(program.far, offset + bytes_of(tensor))
            states[slot[1]] = tensor
            program.lines[number] = line.replace(f"at {slot[4]}", f"at {offset}").replace(f"<{tensor}>", f"<{tensor}, far>")
    updates = [(number, found) for number, found in program.launches() if any(n in states for n, _ in operands(found[4]))]
    last = next(i for i, line in enumerate(program.lines) if "sched.return" in line)
    room = max(sum(pad(bytes_of(t)) for n, t in operands(found[4]) if n in states) for _, found in updates)
    buffers = [program.place(room), program.place(room)]
    first_launch = next(number for number, _ in program.launches())
    freed = []  # by update: when its buffer may be filled again
    for turn, (number, found) in enumerate(updates):
        # Two updates ahead, behind what empties the buffer.
        ahead = program.before[first_launch] if turn < 2 else program.behind[updates[turn - 2][0]]
        behind = program.behind[number]
        offset = buffers[turn % 2]
        events = [freed[turn - 2]] if turn >= 2 else []
        line = program.lines[number]
        moved = []
        for position, (name, tensor) in enumerate(operands(found[4])):
            if name not in states:
                continue
            buffer = program.slot(ahead, offset, tensor)
            offset += pad(bytes_of(tensor))
            there = program.copy(ahead, name, buffer, "reload", events, [far(tensor), near(tensor)])
            ins, outs = line.split(" out(", 1)
            line = f"{rename(ins, name, there)} out({rename(outs, name, buffer)}"
            moved.append((name, tensor, result(found, position)))
        arrived = program.signal(ahead, "reload")
        program.lines[number] = line
        if turn > 0 or mistake != "hasty":
            program.wait(number, [arrived])
        done = program.signal(behind, "compute")
        for name, tensor, new in moved:
            kept = program.copy(behind, new, name, "offload", [done], [near(tensor), far(tensor)])
            values, types = program.lines[last].split(" : ", 1)
            order = values.split("sched.return ", 1)[1].split(", ")
            kinds = re.findall(r"!sched\.slot<tensor<[^>]*>(?:, far)?>", types)
            index = order.index(new)
            order[index], kinds[index] = kept, far(tensor)
            tail = types[types.rindex(" loc(") :] if " loc(" in types else ""
            program.lines[last] = f"    sched.return {', '.join(order)} : {', '.join(kinds)}{tail}"
        freed.append(program.signal(behind, "offload"))


def find_idle(program):
    """Values that only launches use, each with its slot, type, and the two launches that it lies idle between, longest first."""
    slots = {slot[1]: slot[5] for line in program.lines if (slot := SLOT.match(line)) and slot[2] == "activation"}
    found_launches = list(program.launches())
    order = {number: index for index, (number, _) in enumerate(found_launches)}
    idle = []
    for number, found in found_launches:
        for position, (slot, tensor) in enumerate(operands(found[4])):
            value = result(found, position)
            lines = [i for i, line in enumerate(program.lines) if i > number and use(value, line)]
            if slot not in slots or not lines or any(i not in order for i in lines):
                continue
            stops = [number, *lines]
            gap = max(range(1, len(stops)), key=lambda i: order[stops[i]] - order[stops[i - 1]])
            length = order[stops[gap]] - order[stops[gap - 1]]
            idle.append((length, value, slot, tensor, stops[gap - 1], stops[gap], lines[-1]))
    return sorted((entry for entry in idle if entry[0] > 3), key=lambda entry: (-entry[0], entry[4]))


def swap_activations(program, count):
    done, slots = 0, set()
    idle = find_idle(program)
    for _, value, slot, tensor, start, stop, last in idle:
        if done == count or slot in slots:
            continue
        done += 1
        slots.add(slot)
        home = program.place(bytes_of(tensor))
        for number, line in enumerate(program.lines):
            if (found := SLOT.match(line)) and found[1] == slot:
                program.lines[number] = line.replace(f"at {found[4]}", f"at {home}")
        behind, before = program.behind[start], program.before[stop]
        store = program.slot(behind, program.place_far(bytes_of(tensor)), tensor, ", far")
        used = program.signal(behind, "compute")
        stored = store
        if mistake != "forgetful":
            stored = program.copy(behind, value, store, "offload", [used], [near(tensor), far(tensor)])
        out = program.signal(behind, "offload")
        others = [o for o in idle if o[3] == tensor and o[1] != value and o[4] < start and o[6] > start and o[2] not in slots]
        if others:  # anything of the type, to lie in the value's place meanwhile
            other = program.slot(behind, home, tensor)
            program.copy(behind, others[0][1], other, "compute", [out], [near(tensor), near(tensor)])
        back = program.slot(before, program.place(bytes_of(tensor)), tensor)
        loaded = program.copy(before, stored, back, "reload", [out], [far(tensor), near(tensor)])
        arrived = program.signal(before, "reload")
        for number in range(stop, last + 1):
            program.lines[number] = rename(program.lines[number], value, loaded)
        program.wait(stop, [arrived])
    if done < count:
        sys.exit(f"expected {count} activations that lie idle, got {done}")


mistake = sys.argv[4] if len(sys.argv) > 4 else None
program = Program(open(sys.argv[1]).read())
swap_activations(program, int(sys.argv[3]))
move_states(program)
open(sys.argv[2], "w").write(program.print())
