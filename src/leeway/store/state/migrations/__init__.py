"""The numbered migrations of the state; run by Alembic from `migrate`."""
