"""Absences exact to the moment, hand-over sheets, notices (DUTY-04, DUTY-05)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.fields.ranges import RangeOperators
from django.db import migrations, models

TO_MOMENTS = """
ALTER TABLE organisations_absence ALTER COLUMN during TYPE tstzrange USING
  tstzrange(lower(during)::timestamp AT TIME ZONE 'Asia/Shanghai',
            upper(during)::timestamp AT TIME ZONE 'Asia/Shanghai')
"""
TO_DAYS = """
ALTER TABLE organisations_absence ALTER COLUMN during TYPE daterange USING
  daterange((lower(during) AT TIME ZONE 'Asia/Shanghai')::date,
            (upper(during) AT TIME ZONE 'Asia/Shanghai')::date)
"""


class Migration(migrations.Migration):
    """An existing absence of days becomes one from midnight to midnight."""

    dependencies = [
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            TO_MOMENTS,
            TO_DAYS,
            state_operations=[
                migrations.AlterField(
                    "absence",
                    "during",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                )
            ],
        ),
        migrations.AddField(
            "absence",
            "kind",
            models.CharField(
                choices=[("planned", "Planned"), ("sudden", "Sudden")],
                default="planned",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "absence",
            "note",
            models.TextField(
                blank=True, default="", help_text="What she tells her B in her own words."
            ),
            preserve_default=False,
        ),
        migrations.AddField("absence", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "absence",
            django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("officer"),
                            models.F("officer"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
                name="absence_one_at_a_time",
            ),
        ),
        migrations.CreateModel(
            "Handover",
            [
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField(default=dict)),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField()),
                (
                    "absence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="organisations.absence",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(absence__isnull=False),
                        fields=("absence", "to_officer"),
                        name="handover_signed_once",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "Notice",
            [
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=30)),
                ("payload", models.JSONField(default=dict)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(seen_at=None),
                        fields=["officer"],
                        name="notice_unseen",
                    )
                ]
            },
        ),
    ]
