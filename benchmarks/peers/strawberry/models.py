"""The ORM models of the benchmarked tables."""

import os
from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, String, Table
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column

engine = create_async_engine(
    f"postgresql+asyncpg://{os.environ['PGUSER']}@/{os.environ['PGDATABASE']}?host={os.environ['PGHOST']}",
    pool_size=10,
    max_overflow=0,
)
session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The text id of every table."""

    id: Mapped[str] = mapped_column(primary_key=True)


class Quote(Base):
    __tablename__ = "quotes"
    tenant_id: Mapped[int]
    order_id: Mapped[str]
    status: Mapped[str]
    po_number: Mapped[str | None]
    requester_email: Mapped[str]
    requester_name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class QuoteItem(Base):
    __tablename__ = "quote_items"
    tenant_id: Mapped[int]
    quote_id: Mapped[str]
    position: Mapped[int]
    status: Mapped[str]
    decision: Mapped[str]
    product_type: Mapped[str]
    product_id: Mapped[str | None]
    quantity: Mapped[int]
    comments: Mapped[str | None]
    brand: Mapped[str | None]
    model: Mapped[str | None]
    ram: Mapped[str | None]
    storage: Mapped[str | None]
    price_minor: Mapped[int | None]
    price_currency: Mapped[str | None]


class Alternative(Base):
    __tablename__ = "alternatives"
    tenant_id: Mapped[int]
    item_id: Mapped[str]
    position: Mapped[int]
    status: Mapped[str]
    description: Mapped[str | None]
    is_exact_match: Mapped[bool]
    price_minor: Mapped[int | None]
    price_currency: Mapped[str | None]


class Recipient(Base):
    __tablename__ = "recipients"
    tenant_id: Mapped[int]
    item_id: Mapped[str]
    position: Mapped[int]
    status: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    email_key: Mapped[str | None]


class Product(Base):
    __tablename__ = "products"
    brand: Mapped[str]
    model: Mapped[str]
    active: Mapped[bool]


class Employee(Base):
    __tablename__ = "employees"
    tenant_id: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    department: Mapped[str | None]


class Company(Base):
    __tablename__ = "companies"
    code: Mapped[str]
    name: Mapped[str]


_TENANTS = Table("tenants", Base.metadata, Column("id", Integer, primary_key=True), Column("company_id", String))


class CompanyOfTenant(Base):
    """A company with the id of one of its tenants."""

    __table__ = Company.__table__.join(_TENANTS, _TENANTS.c.company_id == Company.__table__.c.id)
    id = column_property(Company.__table__.c.id)
    of = column_property(_TENANTS.c.id)
