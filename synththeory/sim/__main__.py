"""``python -m synththeory.sim``: the command line of the studies."""

from synththeory.sim.cli import app

if __name__ == "__main__":
    app(prog_name="python -m synththeory.sim")
