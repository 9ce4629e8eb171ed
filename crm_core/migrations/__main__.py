"""Write the next revision from the difference between the models and the last one.

`python -m crm_core.migrations "What changes"`
"""

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from crm_core.db import MIGRATIONS


def main() -> None:
    """Compare the models with an empty database brought to head; write what differs."""
    number = len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) + 1
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with create_engine("sqlite://").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, sys.argv[1], autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    main()
