"""Read by Tortoise: `python -m tortoise -c festival.database.models_config.CONFIG makemigrations`."""

from festival.database import configuration
from festival.settings import Settings

CONFIG = configuration(Settings(database_url="sqlite://:memory:"))
