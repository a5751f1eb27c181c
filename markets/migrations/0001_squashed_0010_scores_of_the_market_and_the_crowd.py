import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
import markets.core.lifecycle
import markets.models.arrays
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

# The steps that this replaces made a number of the limit in SQL, so Django's own check, which is
# weaker than `order_limit_is_a_price`, never came about; orders are spared it here as well.
LIMIT_IS_CHECKED_ONCE = "ALTER TABLE markets_order DROP CONSTRAINT markets_order_limit_check"

# Room on the page for the next version of a row keeps updates away from the indexes (HOT). A page
# is tidied once it is fuller than this, so a market's page, that every order looks at, stays short.
HOT_ROWS = """
ALTER TABLE markets_market SET (fillfactor = 10);
ALTER TABLE markets_account SET (fillfactor = 70);
ALTER TABLE markets_position SET (fillfactor = 70);
ALTER TABLE markets_order SET (fillfactor = 90);
"""
COLD_ROWS = """
ALTER TABLE markets_market RESET (fillfactor);
ALTER TABLE markets_account RESET (fillfactor);
ALTER TABLE markets_position RESET (fillfactor);
ALTER TABLE markets_order RESET (fillfactor);
"""


class Migration(migrations.Migration):
    """What 0001 to 0010 lead to, in a third of their time: an empty database begins here.

    They stay for databases that have taken some of them and not all. The schemas are the same,
    but for the place of `resolution_id` among the columns of `markets_question`.
    """

    replaces = [
        ('markets', '0001_initial'),
        ('markets', '0002_exchange'),
        ('markets', '0003_candles'),
        ('markets', '0004_lean_trading_rows'),
        ('markets', '0005_find_requests_by_key'),
        ('markets', '0006_refer_a_statement_at_a_time'),
        ('markets', '0007_links'),
        ('markets', '0008_editing'),
        ('markets', '0009_scores_of_every_kind'),
        ('markets', '0010_scores_of_the_market_and_the_crowd'),
    ]

    initial = True

    dependencies = [
        ('articles', '0001_squashed_0006_language_model'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('type', models.CharField(choices=[('binary', 'yes or no'), ('multiple_choice', 'multiple choice'), ('numeric', 'a number'), ('date', 'a date')], max_length=20)),
                ('background', models.TextField(blank=True)),
                ('resolution_criteria', models.TextField()),
                ('fine_print', models.TextField(blank=True)),
                ('resolution_sources', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, default=list, size=None)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('review', 'review'), ('rejected', 'rejected'), ('scheduled', 'scheduled'), ('open', 'open'), ('halted', 'halted'), ('closed', 'closed'), ('proposed', 'proposed'), ('challenged', 'challenged'), ('resolved', 'resolved'), ('final', 'final'), ('annulled', 'annulled')], default='draft', max_length=10)),
                ('prior', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('subsidy', models.BigIntegerField(help_text='Microcredits that the house puts into escrow.')),
                ('challenge_window', models.DurationField(default=datetime.timedelta(days=1))),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('resolve_by', models.DateTimeField(blank=True, null=True)),
                ('reveal_at', models.DateTimeField(blank=True, help_text="Until then the crowd's odds are hidden.", null=True)),
                ('opened_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('occurred_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('proposed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('final_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('forecaster_count', models.PositiveIntegerField(default=0, editable=False)),
                ('crowd_as_of', models.DateTimeField(editable=False, help_text='When the crowd was aggregated last.', null=True)),
                ('created_at', models.DateTimeField(editable=False)),
                ('updated_at', models.DateTimeField(editable=False)),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draft', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='question', to='articles.draft')),
                ('lower', models.FloatField(blank=True, help_text='Where the bins begin; for a date in epoch seconds.', null=True)),
                ('open_above', models.BooleanField(default=False, help_text='Is the last outcome everything from their end on?')),
                ('open_below', models.BooleanField(default=False, help_text='Is the first outcome everything below the bins?')),
                ('scale', models.CharField(blank=True, choices=[('linear', 'bins of equal width'), ('log', 'bins of equal ratio')], max_length=6)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('upper', models.FloatField(blank=True, help_text='Where the bins end.', null=True)),
                ('policy_version', models.PositiveSmallIntegerField(editable=False, help_text='The house policy under which it was published.', null=True)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['status', 'closes_at'], name='question_by_status_and_close'),
                    models.Index(models.OrderBy(models.F('opened_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='question_newest'),
                    django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='question_tags'),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('title', 'resolution_criteria', config='english'), name='question_words'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='question_opens_before_it_closes'),
                    models.CheckConstraint(condition=models.Q(('closes_at__lte', models.F('resolve_by'))), name='question_closes_before_it_resolves'),
                    models.CheckConstraint(condition=models.Q(('status__in', [markets.core.lifecycle.QuestionStatus['DRAFT'], markets.core.lifecycle.QuestionStatus['REVIEW'], markets.core.lifecycle.QuestionStatus['REJECTED'], markets.core.lifecycle.QuestionStatus['ANNULLED']]), models.Q(('closes_at__isnull', False), ('opens_at__isnull', False), ('resolve_by__isnull', False)), _connector='OR'), name='question_is_dated_once_scheduled'),
                    models.CheckConstraint(condition=models.Q(('status__in', [markets.core.lifecycle.QuestionStatus['DRAFT'], markets.core.lifecycle.QuestionStatus['REVIEW'], markets.core.lifecycle.QuestionStatus['REJECTED'], markets.core.lifecycle.QuestionStatus['ANNULLED'], markets.core.lifecycle.QuestionStatus['SCHEDULED']]), ('opened_at__isnull', False), _connector='OR'), name='question_past_scheduled_was_opened'),
                    models.CheckConstraint(condition=models.Q(('subsidy__gt', 0)), name='question_subsidy_is_positive'),
                    models.CheckConstraint(condition=models.Q(models.Q(('lower__lt', models.F('upper')), ('scale__in', ['linear', 'log']), ('type__in', ['numeric', 'date'])), models.Q(models.Q(('type__in', ['numeric', 'date']), _negated=True), ('lower__isnull', True), ('open_above', False), ('open_below', False), ('scale', ''), ('unit', ''), ('upper__isnull', True)), _connector='OR'), name='question_has_a_range_where_its_type_needs_one'),
                    models.CheckConstraint(condition=models.Q(models.Q(('scale', 'log'), _negated=True), ('lower__gt', 0), _connector='OR'), name='question_log_scale_begins_above_zero'),
                    models.CheckConstraint(condition=models.Q(('opened_at__isnull', True), ('policy_version__isnull', False), _connector='OR'), name='question_opens_under_a_house_policy'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('verdict', models.CharField(choices=[('outcome', 'an outcome came true'), ('annulled', 'Annulled')], default='outcome', max_length=10)),
                ('outcome_weights', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), blank=True, help_text='One per outcome, summing to 1: usually a single 1.', null=True, size=None)),
                ('effective_at', models.DateTimeField(help_text='From then on the answer was known.')),
                ('evidence', models.JSONField(default=list, help_text='[{article, quote, url}]')),
                ('rationale', models.TextField(blank=True)),
                ('proposed_at', models.DateTimeField()),
                ('challenge_until', models.DateTimeField()),
                ('proposer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='markets.question')),
                ('value', models.FloatField(blank=True, help_text='The number that came true, or the date in epoch seconds.', null=True)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('question', 'version'), name='resolution_version_is_unique'),
                    models.CheckConstraint(condition=models.Q(models.Q(('outcome_weights__isnull', False), ('verdict', 'outcome')), models.Q(('outcome_weights__isnull', True), ('verdict', 'annulled')), _connector='OR'), name='resolution_has_weights_unless_annulled'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='resolution_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ac3e14a6977b3c7c3126c9c1ca17c6ec7a7feecc', operation='UPDATE OR DELETE', pgid='pgtrigger_resolution_is_append_only_4dc4f', table='markets_resolution', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Market',
            fields=[
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='market', serialize=False, to='markets.question')),
                ('shares', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Net microshares sold per outcome.', size=None)),
                ('liquidity', models.BigIntegerField(help_text="LMSR's b in microcredits.")),
                ('prior', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('probabilities', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('seq', models.BigIntegerField(default=0)),
                ('subsidy', models.BigIntegerField()),
                ('volume', models.BigIntegerField(default=0, help_text='Microcredits that changed hands.')),
                ('trader_count', models.PositiveIntegerField(default=0)),
                ('last_fill_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('liquidity__gt', 0)), name='market_liquidity_is_positive'),
                    models.CheckConstraint(condition=models.Q(('seq__gte', 0)), name='market_seq_is_not_negative'),
                    models.CheckConstraint(condition=models.Q(('volume__gte', 0)), name='market_volume_is_not_negative'),
                    models.CheckConstraint(condition=models.Q(('subsidy__gt', 0)), name='market_subsidy_is_positive'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.GreaterThanOrEqual(markets.models.arrays.Cardinality('shares'), 2), django.db.models.lookups.Exact(markets.models.arrays.Cardinality('shares'), markets.models.arrays.Cardinality('prior')), django.db.models.lookups.Exact(markets.models.arrays.Cardinality('shares'), markets.models.arrays.Cardinality('probabilities'))), name='market_arrays_have_one_element_per_outcome'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='market_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot delete or update of "question_id" rows from % table\', TG_TABLE_NAME;', hash='ae4cd8d6d522de4d3bd05776c7945b458fe4fb88', operation='DELETE OR UPDATE OF "question_id"', pgid='pgtrigger_market_stays_e479a', table='markets_market', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('wallet', 'Wallet'), ('escrow', 'Escrow'), ('house', 'House')], max_length=6)),
                ('balance', models.BigIntegerField(default=0)),
                ('reserved', models.BigIntegerField(default=0)),
                ('opened_at', models.DateTimeField()),
                ('owner', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wallet', to=settings.AUTH_USER_MODEL)),
                ('market', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='escrow', to='markets.market')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'house'), ('reserved', 0)), models.Q(('reserved__gte', 0), ('reserved__lte', models.F('balance'))), _connector='OR'), name='account_never_overdrawn'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'wallet'), ('market__isnull', True), ('owner__isnull', False)), models.Q(('kind', 'escrow'), ('market__isnull', False), ('owner__isnull', True)), models.Q(('kind', 'house'), ('market__isnull', True), ('owner__isnull', True)), _connector='OR'), name='account_kind_matches_its_owner'),
                    models.UniqueConstraint(condition=models.Q(('kind', 'house')), fields=('kind',), name='account_one_house'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='account_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot delete or update of "id", "owner_id", "market_id" rows from % table\', TG_TABLE_NAME;', hash='6bde6b3ca84fc2ffc53f3e5f637b1b67e88f2688', operation='DELETE OR UPDATE OF "id", "owner_id", "market_id"', pgid='pgtrigger_account_stays_8443c', table='markets_account', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='CrowdSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(max_length=40)),
                ('centre', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('lower', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('upper', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('forecaster_count', models.PositiveIntegerField()),
                ('as_of', models.DateTimeField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crowd', to='markets.question')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['question', '-as_of', '-id'], name='crowd_newest'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='crowd_snapshot_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='18022cc714588b4b62c1e694c95912de3f79bf20', operation='UPDATE OR DELETE', pgid='pgtrigger_crowd_snapshot_is_append_only_bce94', table='markets_crowdsnapshot', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('source', 'the question came from it'), ('background', 'Background'), ('evidence', 'it supports an answer')], max_length=10)),
                ('start', models.PositiveIntegerField(help_text='The quoted span [start, end) in the version.')),
                ('end', models.PositiveIntegerField()),
                ('quote', models.TextField()),
                ('quote_sha256', models.CharField(max_length=64)),
                ('relevance', models.FloatField(default=1.0)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='articles.article')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='articles.articleversion')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='markets.question')),
                ('supports', models.PositiveSmallIntegerField(blank=True, help_text='The index of the outcome for which it is evidence.', null=True)),
                ('supports_value', models.FloatField(blank=True, help_text='The number or the date for which it is evidence.', null=True)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='citation_span_is_not_empty'),
                    models.UniqueConstraint(fields=('question', 'version', 'start'), name='citation_quotes_a_span_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('supports__isnull', True), ('supports_value__isnull', True)), ('role', 'evidence'), _connector='OR'), name='citation_that_supports_is_evidence'),
                    models.CheckConstraint(condition=models.Q(('supports__isnull', True), ('supports_value__isnull', True), _connector='OR'), name='citation_supports_an_outcome_or_a_value'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_key', models.CharField(max_length=80)),
                ('request_sha256', models.CharField(max_length=64)),
                ('side', models.CharField(choices=[('buy', 'Buy'), ('sell', 'Sell')], max_length=4)),
                ('claim', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, help_text='Outcome indices; empty where a stake buys a portfolio towards `target`.', null=True, size=None)),
                ('target', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), blank=True, help_text='The stated probabilities that a stake moves the prices towards.', null=True, size=None)),
                ('budget', models.BigIntegerField(blank=True, null=True)),
                ('shares', models.BigIntegerField(blank=True, null=True)),
                ('limit', models.PositiveSmallIntegerField(blank=True, help_text='The worst price per share, in mills.', null=True)),
                ('time_in_force', models.CharField(choices=[('ioc', 'immediate or cancel'), ('fok', 'fill or kill'), ('gtc', 'good till cancelled'), ('gtd', 'good till date')], default='ioc', max_length=3)),
                ('cost_max', models.BigIntegerField(blank=True, null=True)),
                ('shares_min', models.BigIntegerField(blank=True, null=True)),
                ('origin', models.CharField(choices=[('web', 'Web'), ('api', 'Api'), ('stake', 'Stake')], max_length=5)),
                ('status', models.CharField(choices=[('open', 'Open'), ('filled', 'Filled'), ('partly_filled', 'Partly Filled'), ('cancelled', 'Cancelled')], max_length=13)),
                ('filled_shares', models.BigIntegerField(default=0, help_text='Microshares bought or sold; a portfolio counts its largest holding.')),
                ('cost', models.BigIntegerField(default=0, help_text='Microcredits paid; negative where a sale brought them in.')),
                ('placed_at', models.DateTimeField()),
                ('trader', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to=settings.AUTH_USER_MODEL)),
                ('market', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='markets.market')),
                ('displaced', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='Own resting orders that stood in its way and were cancelled.', size=None)),
                ('end_reason', models.CharField(blank=True, choices=[('unfilled', 'it does not rest, and nothing more was within its limit'), ('cancelled', 'its trader cancelled it'), ('expired', 'its time ran out'), ('self_trade', 'it stood in the way of its own trader'), ('halted', 'trading was halted'), ('closed', 'trading ended')], max_length=10)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('reserved', models.BigIntegerField(default=0, help_text='Microcredits held back in the wallet while a buy rests.')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['trader', '-id'], name='order_newest_of_a_trader'),
                    models.Index(condition=models.Q(('status', 'open')), fields=['market', 'id'], name='order_resting_in_a_market'),
                    models.Index(condition=models.Q(('status', 'open')), fields=['trader', 'id'], name='order_resting_of_a_trader'),
                    models.Index(condition=models.Q(('expires_at__isnull', False), ('status', 'open')), fields=['expires_at'], name='order_expiring'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('budget__gt', 0), ('shares__isnull', True)), models.Q(('budget__isnull', True), ('shares__gt', 0)), _connector='OR'), name='order_has_a_budget_or_shares'),
                    models.CheckConstraint(condition=models.Q(('side', 'buy'), ('budget__isnull', True), _connector='OR'), name='order_to_sell_names_shares'),
                    models.CheckConstraint(condition=models.Q(('claim__isnull', False), ('target__isnull', False), _connector='OR'), name='order_names_a_claim_or_a_target'),
                    models.CheckConstraint(condition=models.Q(('limit__isnull', True), models.Q(('limit__gte', 1), ('limit__lte', 999)), _connector='OR'), name='order_limit_is_a_price'),
                    models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('time_in_force', 'gtd')), models.Q(models.Q(('time_in_force', 'gtd'), _negated=True), ('expires_at__isnull', True)), _connector='OR'), name='order_good_till_date_names_the_date'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status', 'open'), _negated=True), models.Q(('claim__isnull', False), ('limit__isnull', False), ('time_in_force__in', ['gtc', 'gtd'])), _connector='OR'), name='order_that_rests_has_a_limit'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False), ('reserved', 0)), _connector='OR'), name='order_reserves_only_while_open'),
                    models.CheckConstraint(condition=models.Q(('reserved__gte', 0)), name='order_reserves_no_negative_amount'),
                    models.UniqueConstraint(fields=('request_key', 'trader'), name='order_request_is_taken_once'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='order_is_of_a_market_and_a_wallet', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nIF EXISTS (SELECT FROM added WHERE (SELECT question_id FROM markets_market WHERE question_id = added.market_id) IS NULL OR (SELECT id FROM markets_account WHERE owner_id = added.trader_id) IS NULL) THEN\n    RAISE EXCEPTION \'insert on table "%" violates "order_is_of_a_market_and_a_wallet"\', TG_TABLE_NAME\n    USING ERRCODE = \'foreign_key_violation\', CONSTRAINT = \'order_is_of_a_market_and_a_wallet\', TABLE = TG_TABLE_NAME;\nEND IF;\nRETURN NULL;\n', hash='f9a65bbb92251667080f635bd044cbb2db7f7d35', level='STATEMENT', operation='INSERT', pgid='pgtrigger_order_is_of_a_market_and_a_wallet_84733', referencing='REFERENCING NEW TABLE AS added ', table='markets_order', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='order_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot delete or update of "id", "market_id", "trader_id" rows from % table\', TG_TABLE_NAME;', hash='eabd2bc9e7da03469661c683f56957b6ff0c1e99', operation='DELETE OR UPDATE OF "id", "market_id", "trader_id"', pgid='pgtrigger_order_stays_a3fd6', table='markets_order', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_key', models.CharField(max_length=80)),
                ('request_sha256', models.CharField(max_length=64)),
                ('probabilities', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='One per outcome; they sum to 1.', size=None)),
                ('rationale', models.TextField(blank=True)),
                ('origin', models.CharField(choices=[('web', 'Web'), ('api', 'Api'), ('stake', 'Stake')], max_length=5)),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('forecaster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forecasts', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forecasts', to='markets.question')),
                ('order', models.OneToOneField(blank=True, help_text='The order that its stake placed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forecast', to='markets.order')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['question', 'forecaster', '-id'], name='forecast_standing'),
                    models.Index(fields=['forecaster', '-id'], name='forecast_of_a_forecaster'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('forecaster', 'request_key'), name='forecast_request_is_taken_once'),
                    models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('made_at')), _connector='OR'), name='forecast_ends_after_it_was_made'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='forecast_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3f47167635bef19eea9196ad655f25167f19ca49', operation='UPDATE OR DELETE', pgid='pgtrigger_forecast_is_append_only_989ec', table='markets_forecast', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Fill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField()),
                ('claim', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, null=True, size=None)),
                ('shares', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Microshares per outcome; negative when sold.', size=None)),
                ('redeemed', models.BigIntegerField(default=0, help_text='Complete sets that the trader held after it, paid out at once.')),
                ('cost', models.BigIntegerField(help_text='Microcredits; negative where the trader received.')),
                ('price_before', models.FloatField(help_text='Of the claim; empty for portfolios.', null=True)),
                ('price_after', models.FloatField(null=True)),
                ('probabilities', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='After this fill.', size=None)),
                ('filled_at', models.DateTimeField()),
                ('trader', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='fills', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='fills', to='markets.order')),
                ('market', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='fills', to='markets.market')),
                ('counter_order', models.ForeignKey(blank=True, db_index=False, help_text="The other side's order; empty where the maker was the other side.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='markets.order')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['market', 'filled_at', 'seq'], name='fill_in_time'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('market', 'seq'), name='fill_seq_is_unique'),
                    models.CheckConstraint(condition=models.Q(('redeemed__gte', 0)), name='fill_redeems_no_negative_sets'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fill_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a4b3e80d44bb7b1e1a496c921f5f57e6db2056d', operation='UPDATE OR DELETE', pgid='pgtrigger_fill_is_append_only_36323', table='markets_fill', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='fill_belongs_to_its_order', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nIF EXISTS (SELECT FROM added WHERE (SELECT id FROM markets_order WHERE id = added.order_id AND market_id = added.market_id AND trader_id = added.trader_id) IS NULL) THEN\n    RAISE EXCEPTION \'insert on table "%" violates "fill_belongs_to_its_order"\', TG_TABLE_NAME\n    USING ERRCODE = \'foreign_key_violation\', CONSTRAINT = \'fill_belongs_to_its_order\', TABLE = TG_TABLE_NAME;\nEND IF;\nRETURN NULL;\n', hash='eae7bb94ff5af772e915407fa4dbf6f35caf3eab', level='STATEMENT', operation='INSERT', pgid='pgtrigger_fill_belongs_to_its_order_85854', referencing='REFERENCING NEW TABLE AS added ', table='markets_fill', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.PositiveSmallIntegerField()),
                ('key', models.SlugField(max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='markets.question')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('question', 'index'), name='outcome_index_is_unique_in_its_question'),
                    models.UniqueConstraint(fields=('question', 'key'), name='outcome_key_is_unique_in_its_question'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('resolution', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='settlement', serialize=False, to='markets.resolution')),
                ('state', models.CharField(choices=[('due', 'Due'), ('settling', 'Settling'), ('settled', 'Settled'), ('scored', 'Scored')], default='due', max_length=8)),
                ('due_at', models.DateTimeField()),
                ('last_position', models.BigIntegerField(default=0, help_text='Positions up to it are paid.')),
                ('position_count', models.PositiveIntegerField(default=0)),
                ('paid_count', models.PositiveIntegerField(default=0)),
                ('paid_amount', models.BigIntegerField(default=0)),
                ('settled_at', models.DateTimeField(null=True)),
                ('scored_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(help_text='Empty where the challenge window passed without objection.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('state', 'scored'), _negated=True), fields=['due_at'], name='settlement_waiting'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('bond', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('upheld', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('challenger', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='challenges', to=settings.AUTH_USER_MODEL)),
                ('resolution', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='challenge', to='markets.resolution')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('bond__gt', 0)), name='challenge_bond_is_positive'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('upheld__isnull', True)), models.Q(('decided_at__isnull', False), ('upheld__isnull', False)), _connector='OR'), name='challenge_decision_is_dated'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('baseline', models.FloatField()),
                ('peer', models.FloatField()),
                ('brier', models.FloatField(help_text='Of bins the ordinal form.')),
                ('log', models.FloatField()),
                ('coverage', models.FloatField()),
                ('attainable_coverage', models.FloatField()),
                ('scored_at', models.DateTimeField()),
                ('forecaster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='markets.question')),
                ('resolution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='markets.resolution')),
                ('crps', models.FloatField(help_text='In shares of the range; empty where there is none.', null=True)),
                ('relative_brier', models.FloatField(help_text='Empty where no forecast of theirs stood at the end of a day.', null=True)),
                ('spot_baseline', models.FloatField(help_text='Empty where no forecast of theirs stood at that instant.', null=True)),
                ('spot_peer', models.FloatField(null=True)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['forecaster', '-id'], name='score_of_a_forecaster'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('resolution', 'forecaster'), name='score_is_one_per_resolution_version'),
                    models.CheckConstraint(condition=models.Q(('coverage__gte', 0), ('coverage__lte', 1)), name='score_coverage_is_a_share'),
                    models.CheckConstraint(condition=models.Q(('brier__gte', 0), ('brier__lte', 2)), name='score_brier_is_in_range'),
                    models.CheckConstraint(condition=models.Q(('crps__isnull', True), models.Q(('crps__gte', 0), ('crps__lte', 1)), _connector='OR'), name='score_crps_is_a_share'),
                    models.CheckConstraint(condition=models.Q(models.Q(('spot_baseline__isnull', True), ('spot_peer__isnull', True)), models.Q(('spot_baseline__isnull', False), ('spot_peer__isnull', False)), _connector='OR'), name='score_has_both_spot_scores_or_none'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatusChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_status', models.CharField(choices=[('draft', 'draft'), ('review', 'review'), ('rejected', 'rejected'), ('scheduled', 'scheduled'), ('open', 'open'), ('halted', 'halted'), ('closed', 'closed'), ('proposed', 'proposed'), ('challenged', 'challenged'), ('resolved', 'resolved'), ('final', 'final'), ('annulled', 'annulled')], max_length=10)),
                ('to_status', models.CharField(choices=[('draft', 'draft'), ('review', 'review'), ('rejected', 'rejected'), ('scheduled', 'scheduled'), ('open', 'open'), ('halted', 'halted'), ('closed', 'closed'), ('proposed', 'proposed'), ('challenged', 'challenged'), ('resolved', 'resolved'), ('final', 'final'), ('annulled', 'annulled')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('changed_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor', models.ForeignKey(help_text='Empty where the clock did it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_changes', to='markets.question')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['question', 'id'], name='status_change_in_order'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='status_change_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3ef9a27b1ab68e8ce49ed94d2cff0895ab1f518d', operation='UPDATE OR DELETE', pgid='pgtrigger_status_change_is_append_only_b4e7e', table='markets_statuschange', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('withdrawn_at', models.DateTimeField()),
                ('forecast', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='markets.forecast')),
            ],
            options={
                'triggers': [
                    pgtrigger.compiler.Trigger(name='withdrawal_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3afad51521b186c3de18bd697f4a0259ca33bf7c', operation='UPDATE OR DELETE', pgid='pgtrigger_withdrawal_is_append_only_8f271', table='markets_withdrawal', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('code', models.CharField(choices=[('grant', 'Grant'), ('subsidy', 'Subsidy'), ('trade', 'Trade'), ('redemption', 'Redemption'), ('payout', 'Payout'), ('refund', 'Refund'), ('clawback', 'Clawback'), ('advance', 'Advance'), ('remainder', 'Remainder'), ('bond', 'Bond'), ('reversal', 'Reversal')], max_length=10)),
                ('key', models.CharField(help_text='What makes it happen only once.', max_length=80)),
                ('posted_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('credit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='markets.account')),
                ('debit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='debits', to='markets.account')),
                ('reverses', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='markets.transfer')),
                ('market', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='markets.market')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='transfer_amount_is_positive'),
                    models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='transfer_moves_between_two_accounts'),
                    models.CheckConstraint(condition=models.Q(models.Q(('code', 'reversal'), ('reverses__isnull', False)), models.Q(models.Q(('code', 'reversal'), _negated=True), ('reverses__isnull', True)), _connector='OR'), name='transfer_reversal_names_what_it_reverses'),
                    models.UniqueConstraint(fields=('key',), name='transfer_happens_once'),
                    models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('reverses',), name='transfer_is_reversed_once'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='transfer_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f4c817708eab4808231dddbe2b4b571c71bd092d', operation='UPDATE OR DELETE', pgid='pgtrigger_transfer_is_append_only_92773', table='markets_transfer', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='transfer_is_between_two_accounts', sql=pgtrigger.compiler.UpsertTriggerSql(func='\nIF EXISTS (SELECT FROM added WHERE (SELECT id FROM markets_account WHERE id = added.debit_id) IS NULL OR (SELECT id FROM markets_account WHERE id = added.credit_id) IS NULL) THEN\n    RAISE EXCEPTION \'insert on table "%" violates "transfer_is_between_two_accounts"\', TG_TABLE_NAME\n    USING ERRCODE = \'foreign_key_violation\', CONSTRAINT = \'transfer_is_between_two_accounts\', TABLE = TG_TABLE_NAME;\nEND IF;\nRETURN NULL;\n', hash='be73bbdec2a2ab3d91ce1edfec8bacb8c6ef40ab', level='STATEMENT', operation='INSERT', pgid='pgtrigger_transfer_is_between_two_accounts_f166e', referencing='REFERENCING NEW TABLE AS added ', table='markets_transfer', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shares', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Microshares per outcome.', size=None)),
                ('reserved_shares', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('spent', models.BigIntegerField(default=0)),
                ('received', models.BigIntegerField(default=0)),
                ('payout', models.BigIntegerField(default=0, help_text='What its settlement moved to the wallet; negative for a clawback.')),
                ('trader', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='markets.resolution')),
                ('market', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='markets.market')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['market', 'id'], name='position_in_settlement_order'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('trader', 'market'), name='position_is_one_per_trader_and_market'),
                    models.CheckConstraint(condition=models.Q(markets.models.arrays.EveryElementAtLeastZero('shares'), markets.models.arrays.EveryElementAtLeastZero('reserved_shares'), django.db.models.lookups.Exact(markets.models.arrays.Cardinality('shares'), markets.models.arrays.Cardinality('reserved_shares'))), name='position_never_short'),
                    models.CheckConstraint(condition=models.Q(('received__gte', 0), ('spent__gte', 0)), name='position_flows_are_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LiquidityChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(help_text="The market's newest fill when it was made.")),
                ('subsidy', models.BigIntegerField(help_text='Microcredits that the house added to the escrow.')),
                ('liquidity', models.BigIntegerField(help_text="LMSR's b from then on, in microcredits.")),
                ('prior', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='From then on; no price moves.', size=None)),
                ('request_key', models.CharField(max_length=80)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('market', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='liquidity_changes', to='markets.market')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('market', 'request_key'), name='liquidity_request_is_taken_once'),
                    models.CheckConstraint(condition=models.Q(('liquidity__gt', 0), ('subsidy__gt', 0)), name='liquidity_is_only_added'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='liquidity_change_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='56a256b816e3b742ae0746aef3c10875c32f5305', operation='UPDATE OR DELETE', pgid='pgtrigger_liquidity_change_is_append_only_a700a', table='markets_liquiditychange', when='BEFORE')),
                ],
            },
        ),
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
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('change_count', 1), ('high__isnull', True), ('low__isnull', True), ('open__isnull', True)), models.Q(('change_count__gt', 1), ('high__isnull', False), ('low__isnull', False), ('open__isnull', False)), _connector='OR'), name='candle_of_a_single_change_is_kept_once'),
                    models.CheckConstraint(condition=models.Q(('volume__gte', 0)), name='candle_volume_is_not_negative'),
                ],
            },
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
        migrations.CreateModel(
            name='ArticleTerms',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='articles.article')),
                ('configuration', models.CharField(help_text="Of PostgreSQL's text search.", max_length=20)),
                ('terms', django.contrib.postgres.search.SearchVectorField()),
                ('linked_at', models.DateTimeField(null=True)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.articleversion')),
            ],
            options={
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=['terms'], name='article_terms'),
                    models.Index(condition=models.Q(('linked_at', None)), fields=['article'], name='article_waits_for_links'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LinkSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('related', 'it has to do with the question'), ('resolution_watch', 'it may tell the answer')], default='related', max_length=16)),
                ('start', models.PositiveIntegerField(help_text='The quoted span [start, end) in the version.')),
                ('end', models.PositiveIntegerField()),
                ('quote', models.TextField()),
                ('quote_sha256', models.CharField(max_length=64)),
                ('relevance', models.FloatField()),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('rejected', 'Rejected')], default='proposed', max_length=9)),
                ('reason', models.CharField(blank=True, help_text='Why it was rejected.', max_length=300)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='markets.question')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.articleversion')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('state', 'proposed')), fields=['kind', 'made_at'], name='link_waiting'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('question', 'article', 'kind'), name='link_is_suggested_once'),
                    models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='link_span_is_not_empty'),
                    models.CheckConstraint(condition=models.Q(('relevance__gte', 0), ('relevance__lte', 1)), name='link_relevance_is_a_share'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='link_decision_is_signed_and_dated'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Mirror',
            fields=[
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='mirror', serialize=False, to='markets.question')),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TermFrequency',
            fields=[
                ('pk', models.CompositePrimaryKey('configuration', 'term', blank=True, editable=False, primary_key=True, serialize=False)),
                ('configuration', models.CharField(max_length=20)),
                ('term', models.TextField()),
                ('question_count', models.PositiveIntegerField()),
                ('article_count', models.PositiveIntegerField()),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('term', ''), ('question_count__gt', 0), ('article_count__gt', 0), _connector='OR'), name='term_is_in_some_document'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='feature', serialize=False, to='markets.question')),
                ('place', models.PositiveSmallIntegerField()),
                ('featured_at', models.DateTimeField()),
                ('featured_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('place__gt', 0)), name='feature_places_count_from_one'),
                    models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('place',), name='feature_place_is_taken_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LintOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('reason', models.CharField(max_length=300)),
                ('overridden_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('editor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lint_overrides', to='markets.question')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='lint_override_has_a_reason'),
                    models.CheckConstraint(condition=models.Q(('rules__len__gt', 0)), name='lint_override_names_rules'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='lint_override_is_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6566905be2515151b6f3f9514f19b9cb672281c5', operation='UPDATE OR DELETE', pgid='pgtrigger_lint_override_is_append_only_29b04', table='markets_lintoverride', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Profit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField(help_text='Microcredits; negative for a loss.')),
                ('scored_at', models.DateTimeField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profits', to='markets.question')),
                ('resolution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profits', to='markets.resolution')),
                ('trader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profits', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('resolution', 'trader'), name='profit_is_one_per_resolution_version'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SeriesScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('baseline', models.FloatField()),
                ('peer', models.FloatField()),
                ('spot_baseline', models.FloatField(help_text='Empty where no forecast of theirs stood at that instant.', null=True)),
                ('spot_peer', models.FloatField(null=True)),
                ('brier', models.FloatField(help_text='Of bins the ordinal form.')),
                ('relative_brier', models.FloatField(help_text='Empty where no forecast of theirs stood at the end of a day.', null=True)),
                ('log', models.FloatField()),
                ('crps', models.FloatField(help_text='In shares of the range; empty where there is none.', null=True)),
                ('coverage', models.FloatField()),
                ('attainable_coverage', models.FloatField()),
                ('scored_at', models.DateTimeField()),
                ('series', models.CharField(choices=[('market', 'the market'), ('recency_weighted_median', 'recency-weighted median'), ('recency_weighted_mean', 'recency-weighted mean'), ('median', 'median'), ('mean', 'mean'), ('logit_mean', 'geometric mean of odds')], max_length=40)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='markets.question')),
                ('resolution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='markets.resolution')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('coverage__gte', 0), ('coverage__lte', 1)), name='seriesscore_coverage_is_a_share'),
                    models.CheckConstraint(condition=models.Q(('brier__gte', 0), ('brier__lte', 2)), name='seriesscore_brier_is_in_range'),
                    models.CheckConstraint(condition=models.Q(('crps__isnull', True), models.Q(('crps__gte', 0), ('crps__lte', 1)), _connector='OR'), name='seriesscore_crps_is_a_share'),
                    models.CheckConstraint(condition=models.Q(models.Q(('spot_baseline__isnull', True), ('spot_peer__isnull', True)), models.Q(('spot_baseline__isnull', False), ('spot_peer__isnull', False)), _connector='OR'), name='seriesscore_has_both_spot_scores_or_none'),
                    models.UniqueConstraint(fields=('resolution', 'series'), name='seriesscore_is_one_per_resolution_version'),
                ],
            },
        ),
        migrations.AddField(
            model_name='question',
            name='resolution',
            field=models.OneToOneField(blank=True, editable=False, help_text='The version that stands, proposed or decided.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='markets.resolution'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', [markets.core.lifecycle.QuestionStatus['PROPOSED'], markets.core.lifecycle.QuestionStatus['CHALLENGED'], markets.core.lifecycle.QuestionStatus['RESOLVED'], markets.core.lifecycle.QuestionStatus['FINAL']]), _negated=True), models.Q(('closed_at__isnull', False), ('resolution__isnull', False)), _connector='OR'), name='question_past_closed_has_a_resolution'),
        ),
        migrations.RunSQL(LIMIT_IS_CHECKED_ONCE, migrations.RunSQL.noop),
        migrations.RunSQL(HOT_ROWS, COLD_ROWS),
    ]
