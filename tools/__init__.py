"""What run.py needs before anything is installed: the standard library only, on a Python without pip or venv."""
