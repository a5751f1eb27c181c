import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('markets', '0002_exchange'),
    ]

    operations = [
        migrations.CreateModel(
            name='Candle',
            fields=[
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='candles', to='markets.question')),
                ('series', models.CharField(choices=[('market', 'Market'), ('crowd', 'Crowd')], max_length=6)),
                ('period', models.CharField(choices=[('1m', 'Minute'), ('1h', 'Hour'), ('1d', 'Day')], max_length=2)),
                ('starts_at', models.DateTimeField()),
                ('open', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='After the first change.', null=True, size=None)),
                ('high', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=None)),
                ('low', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=None)),
                ('close', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='After the last change.', size=None)),
                ('volume', models.BigIntegerField(help_text='Microcredits that changed hands; 0 for the crowd.')),
                ('change_count', models.PositiveBigIntegerField()),
                ('pk', models.CompositePrimaryKey('question', 'series', 'period', 'starts_at', blank=True, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='CandleMark',
            fields=[
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='candle_marks', to='markets.question')),
                ('series', models.CharField(choices=[('market', 'Market'), ('crowd', 'Crowd')], max_length=6)),
                ('through', models.BigIntegerField(help_text='The seq of the last fill that candles hold, or the id of the last aggregate.')),
                ('through_at', models.DateTimeField(help_text='The instant of that change.')),
                ('pk', models.CompositePrimaryKey('question', 'series', blank=True, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddConstraint(
            model_name='candle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change_count', 1), ('high__isnull', True), ('low__isnull', True), ('open__isnull', True)), models.Q(('change_count__gt', 1), ('high__isnull', False), ('low__isnull', False), ('open__isnull', False)), _connector='OR'), name='candle_of_a_single_change_is_kept_once'),
        ),
        migrations.AddConstraint(
            model_name='candle',
            constraint=models.CheckConstraint(condition=models.Q(('volume__gte', 0)), name='candle_volume_is_not_negative'),
        ),
        migrations.RemoveIndex(
            model_name='fill',
            name='fill_by_time',
        ),
        migrations.AddIndex(
            model_name='fill',
            index=models.Index(fields=['market', 'filled_at', 'seq'], name='fill_in_time'),
        ),
    ]
