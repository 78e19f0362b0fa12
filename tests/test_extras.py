"""What a production installs is enough for what a production runs."""

import subprocess
import sys

# As where the package is not installed: nothing finds it.
WITHOUT = """
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "aiosmtpd" else found(name, *rest)
sys.modules["aiosmtpd"] = None
sys.argv = ["quotegraph", *{words!r}]
import app.cli.common
app.cli.common.find_spec = importlib.util.find_spec
from app.cli.main import main
main()
"""


def run(*words):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT.format(words=words)], capture_output=True, text=True, check=False
    )


def test_the_demo_without_its_extra_says_how_to_install_it():
    for command in ("demo", "emulators"):
        done = run(command)
        assert (done.returncode, done.stderr) == (
            2,
            "The demo and the emulators need the extra `demo`. Install it: pip install 'quotegraph[demo]'.\n",
        )


def test_the_server_and_the_worker_need_nothing_of_the_demo():
    imported = "import sys; sys.modules['aiosmtpd'] = None; import app.run, app.wiring, app.cli.main"
    assert subprocess.run([sys.executable, "-c", imported], check=False).returncode == 0
