"""The commands for the key that encrypts stored secrets."""

import typer

from adapters.database.core.engine import Database
from adapters.database.sealed_secrets import Resealed, reseal_secrets
from adapters.secrets import FernetSecretBox, new_secret_key
from app.cli.common import Failure, require_migrated, settings_of, with_database
from app.process import run

secrets = typer.Typer(
    help="The key that encrypts stored secrets, such as those of webhook endpoints.", no_args_is_help=True
)


@secrets.command("create-key")
def create_key() -> None:
    """Print a new key for QUOTEGRAPH_SECRET_KEY. It is stored nowhere: what it encrypts is lost without it."""
    print(new_secret_key())


@secrets.command("rotate")
def rotate_secrets() -> None:
    """Encrypt all stored secrets with the first key of QUOTEGRAPH_SECRET_KEY=NEW,OLD; OLD can then be removed."""

    async def reseal(database: Database) -> Resealed:
        await require_migrated(database)
        keys = settings_of().secret_keys
        if not keys:
            raise Failure(
                "QUOTEGRAPH_SECRET_KEY is not set. Set NEW,OLD: the new key, and the one that was set before."
            )
        return await reseal_secrets(database, FernetSecretBox(keys))

    done = run(with_database(reseal))
    told = f"{done.resealed:,} stored secrets were encrypted with the first key of QUOTEGRAPH_SECRET_KEY."
    if done.unreadable:
        raise Failure(
            f"{told} {done.unreadable:,} were left as they are, as none of the keys decrypts them. Set the key that "
            "encrypted them as OLD in NEW,OLD and run the command again, or rotate the secrets of these endpoints."
        )
    print(told)
