"""What DBOS does with a linear workflow on SQLite: one figure or one long stay a call.

    durable.py FOLDER steps COUNT      prints the steps a second of one workflow
    durable.py FOLDER start            prints the milliseconds of an empty workflow, warm
    durable.py FOLDER nothing          runs an empty workflow
    durable.py FOLDER ask COUNT        starts workflows that wait for a message, prints "ready"
    durable.py FOLDER stay             goes on with what an earlier process began, prints "ready"
    durable.py FOLDER effects COUNT    a workflow whose steps each leave a line in `effects`

While it stays, a line on its input that names a workflow answers it; it prints the milliseconds
until the next step of that workflow has begun.
"""

import statistics
import sys
import threading
import time

from dbos import DBOS, SetWorkflowID

folder, mode = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 0
begun = {}


@DBOS.step()
def nothing(number):
    return number


@DBOS.step()
def effect(number):
    with open(f"{folder}/effects", "a") as file:
        file.write(f"{number}\n")


@DBOS.step()
def begin(number):
    if number in begun:
        begun[number].set()


@DBOS.workflow()
def steps(count):
    for number in range(count):
        nothing(number)


@DBOS.workflow()
def effects(count):
    for number in range(count):
        effect(number)


@DBOS.workflow()
def ask(number):
    DBOS.recv("answer", timeout_seconds=86_400)
    begin(number)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def answer(number):
    begun[number] = threading.Event()
    start = time.perf_counter()
    DBOS.send(f"ask-{number}", "yes", "answer")
    begun[number].wait()
    print((time.perf_counter() - start) * 1_000, flush=True)


def stay():
    print("ready", flush=True)
    for line in sys.stdin:
        answer(int(line))


DBOS(
    config={
        "name": "bench",
        "system_database_url": f"sqlite:///{folder}/dbos.sqlite",
        "log_level": "CRITICAL",
        "application_version": "bench",
        "max_executor_threads": 2_000,
    }
)
DBOS.launch()
if mode == "steps":
    print(count / seconds(lambda: steps(count)))
elif mode == "start":
    steps(0)
    print(statistics.median(seconds(lambda: steps(0)) for _ in range(21)) * 1_000)
elif mode == "nothing":
    steps(0)
elif mode == "ask":
    for number in range(count):
        with SetWorkflowID(f"ask-{number}"):
            DBOS.start_workflow(ask, number)
    stay()
elif mode == "stay":
    stay()
elif mode == "effects":
    effects(count)
DBOS.destroy()
