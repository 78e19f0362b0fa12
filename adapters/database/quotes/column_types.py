"""The column types of what is known of an article, and of who made a quote."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.quotes.item_details import Article, ItemProperty, WeightUnit
from domain.shared.access import Actor, ActorType


class ArticleColumn(Json):
    """The article of an item."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        *known, properties = json.loads(stored)
        article = Article._make([*known, tuple(ItemProperty(*it) for it in properties)])
        return article._replace(weight_unit=WeightUnit(article.weight_unit) if article.weight_unit else None)


class ActorColumn(Json):
    """An actor, with the name that it had then."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        kind, *known = json.loads(stored)
        return Actor(ActorType(kind), *known)
