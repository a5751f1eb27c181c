import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What 0001 to 0006 lead to: an empty database begins here.

    They stay for databases that have taken some of them and not all. The schemas are the same.
    """

    replaces = [
        ('articles', '0001_initial'),
        ('articles', '0002_initial'),
        ('articles', '0003_feeds'),
        ('articles', '0004_draft_types'),
        ('articles', '0005_stories'),
        ('articles', '0006_language_model'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('domain', models.CharField(max_length=253, unique=True)),
                ('shows_full_text', models.BooleanField(default=False, help_text='Does its licence let us show whole articles to everybody?')),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(help_text='Canonical; follows permanent redirects.', max_length=2000)),
                ('title', models.CharField(blank=True, help_text='What the feed calls itself.', max_length=300)),
                ('fetches_pages', models.BooleanField(default=True, help_text="Is each entry's page fetched, or is the entry's own text enough?")),
                ('etag', models.CharField(blank=True, max_length=300)),
                ('last_modified', models.CharField(blank=True, max_length=100)),
                ('interval', models.DurationField(default=datetime.timedelta(seconds=3600))),
                ('next_poll_at', models.DateTimeField()),
                ('leased_until', models.DateTimeField(blank=True, help_text='While somebody polls it; a lease that ran out is none.', null=True)),
                ('poll_count', models.PositiveIntegerField(default=0, help_text='Also the fence: only the newest poll may say how it went.')),
                ('last_polled_at', models.DateTimeField(blank=True, null=True)),
                ('last_success_at', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='In a row.')),
                ('last_error_code', models.CharField(blank=True, max_length=40)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('is_active', models.BooleanField(default=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('disabled_reason', models.CharField(blank=True, max_length=300)),
                ('added_at', models.DateTimeField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feeds', to='articles.source')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('is_active', True)), fields=['next_poll_at', 'id'], name='feed_due'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('url',), name='feed_url_is_unique'),
                    models.CheckConstraint(condition=models.Q(('interval__gte', datetime.timedelta(seconds=600)), ('interval__lte', datetime.timedelta(seconds=43200))), name='feed_interval_is_within_bounds'),
                    models.CheckConstraint(condition=models.Q(models.Q(('disabled_at', None), ('disabled_reason', ''), ('is_active', True)), models.Q(('disabled_at__isnull', False), ('is_active', False), models.Q(('disabled_reason', ''), _negated=True)), _connector='OR'), name='feed_is_disabled_at_an_instant_for_a_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('last_error', ''), ('last_error_code', '')), models.Q(models.Q(('last_error_code', ''), _negated=True), models.Q(('last_error', ''), _negated=True)), _connector='OR'), name='feed_error_has_a_code_and_a_sentence'),
                    models.CheckConstraint(condition=models.Q(('failures', 0), models.Q(('last_error_code', ''), _negated=True), _connector='OR'), name='feed_failure_is_explained'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grown_at', models.DateTimeField(help_text='When the newest of its articles came in.')),
            ],
            options={
                'verbose_name_plural': 'stories',
                'indexes': [
                    models.Index(models.OrderBy(models.F('grown_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='story_newest'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(blank=True, help_text='Canonical; empty for pastes.', max_length=2000)),
                ('title', models.CharField(max_length=300)),
                ('author', models.CharField(blank=True, max_length=200)),
                ('published_at', models.DateTimeField()),
                ('published_precision', models.CharField(choices=[('instant', 'Instant'), ('day', 'Day'), ('unknown', 'Unknown')], max_length=8)),
                ('published_origin', models.CharField(help_text='Where the date was found: json-ld, meta, feed, text, editor, arrival.', max_length=40)),
                ('language', models.CharField(default='en', max_length=8)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('quality', models.CharField(choices=[('good', 'Good'), ('too_short', 'Too Short'), ('paywall', 'Paywall'), ('bot_wall', 'Bot Wall'), ('consent_page', 'Consent Page'), ('mostly_boilerplate', 'Mostly Boilerplate')], default='good', max_length=20)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.source')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('archived_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tagged_at', models.DateTimeField(blank=True, help_text='When an editor last set the tags, which then stay.', null=True)),
                ('tagged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('duplicate_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='articles.article')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.story')),
            ],
            options={
                'indexes': [
                    models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='article_newest'),
                    django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='article_tags'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('url', ''), _negated=True), fields=('url',), name='article_url_is_unique'),
                    models.CheckConstraint(condition=models.Q(('duplicate_of', None), ('duplicate_of__lt', models.F('id')), _connector='OR'), name='article_duplicates_an_earlier_one'),
                    models.CheckConstraint(condition=models.Q(models.Q(('archived_at', None), ('archived_by', None)), models.Q(('archived_at__isnull', False), ('archived_by__isnull', False)), _connector='OR'), name='article_is_archived_by_somebody'),
                    models.CheckConstraint(condition=models.Q(models.Q(('tagged_at', None), ('tagged_by', None)), models.Q(('tagged_at__isnull', False), ('tagged_by__isnull', False)), _connector='OR'), name='article_is_tagged_by_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('captured_at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='articles.article')),
            ],
            options={
                'indexes': [
                    models.Index(models.OrderBy(models.F('captured_at'), descending=True), name='article_version_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('article', 'number'), name='article_version_number_is_unique'),
                    models.UniqueConstraint(fields=('text_sha256',), name='article_text_is_kept_once'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='article_text_is_immutable', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6cc8a8351554668b005fbee2cae68452437ce647', operation='UPDATE', pgid='pgtrigger_article_text_is_immutable_853ff', table='articles_articleversion', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField(help_text='The evidence span [start, end) in the text.')),
                ('end', models.PositiveIntegerField()),
                ('quote', models.TextField()),
                ('quote_sha256', models.CharField(max_length=64)),
                ('rule', models.CharField(max_length=60)),
                ('score', models.FloatField()),
                ('type', models.CharField(choices=[('binary', 'Binary'), ('multiple_choice', 'Multiple Choice'), ('numeric', 'Numeric'), ('date', 'Date')], max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('resolution_criteria', models.TextField()),
                ('fine_print', models.TextField(blank=True)),
                ('resolution_source', models.CharField(blank=True, max_length=300)),
                ('outcomes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, help_text='None for a number or a date, whose bins are the outcomes.', size=None)),
                ('prior', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ('closes_at', models.DateTimeField()),
                ('resolve_by', models.DateTimeField()),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('fate', models.CharField(choices=[('proposed', 'Proposed'), ('taken_up', 'Taken Up'), ('rejected', 'Rejected')], db_index=True, default='proposed', max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('rejection_reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='articles.articleversion')),
                ('bin_count', models.PositiveSmallIntegerField(blank=True, help_text='How many outcomes, open tails included.', null=True)),
                ('last_value', models.DecimalField(blank=True, decimal_places=6, help_text='The last known value of an indicator, in the unit.', max_digits=24, null=True)),
                ('lower', models.FloatField(blank=True, help_text='Where the bins begin; of a date, seconds since 1970 in UTC.', null=True)),
                ('open_above', models.BooleanField(default=False)),
                ('open_below', models.BooleanField(default=False)),
                ('scale', models.CharField(blank=True, choices=[('linear', 'Linear'), ('log', 'Log')], max_length=6)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('upper', models.FloatField(blank=True, help_text='Where the bins end.', null=True)),
                ('model', models.CharField(blank=True, default='', help_text='The language model that wrote it, or wrote its title; empty for the rules.', max_length=120)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='draft_span_is_not_empty'),
                    models.CheckConstraint(condition=models.Q(('closes_at__lte', models.F('resolve_by'))), name='draft_closes_before_it_resolves'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('fate', 'proposed')), models.Q(models.Q(('fate', 'proposed'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='draft_decision_is_dated'),
                    models.UniqueConstraint(fields=('version', 'rule', 'start'), name='draft_is_made_once_per_span_and_rule'),
                    models.CheckConstraint(condition=models.Q(models.Q(('bin_count__gte', 2), ('bin_count__isnull', False), ('lower__isnull', False), ('lower__lt', models.F('upper')), ('outcomes__len', 0), ('scale__in', ['linear', 'log']), ('type__in', ('numeric', 'date')), ('upper__isnull', False)), models.Q(models.Q(('type__in', ('numeric', 'date')), _negated=True), ('bin_count__isnull', True), ('lower__isnull', True), ('open_above', False), ('open_below', False), ('scale', ''), ('unit', ''), ('upper__isnull', True)), _connector='OR'), name='draft_range_fits_its_type'),
                    models.CheckConstraint(condition=models.Q(('bin_count__isnull', True), ('prior__len', models.F('bin_count')), _connector='OR'), name='draft_has_a_prior_for_each_bin'),
                    models.CheckConstraint(condition=models.Q(models.Q(('scale', 'log'), _negated=True), models.Q(('lower__gt', 0), ('type', 'numeric')), _connector='OR'), name='draft_log_scale_begins_above_zero'),
                    models.CheckConstraint(condition=models.Q(('last_value__isnull', True), ('type', 'numeric'), _connector='OR'), name='draft_last_value_is_of_a_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FeedEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_sha256', models.CharField(max_length=64)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('url', models.URLField(blank=True, max_length=2000)),
                ('tries_left', models.PositiveSmallIntegerField(default=0, help_text='How often it is tried again while the feed still shows it.')),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('seen_at', models.DateTimeField()),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feed_entries', to='articles.article')),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='articles.feed')),
            ],
            options={
                'indexes': [
                    models.Index(models.F('feed'), models.OrderBy(models.F('seen_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='feed_entry_newest'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('feed', 'entry_sha256'), name='feed_entry_is_taken_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('article__isnull', False), ('error', ''), ('error_code', ''), ('tries_left', 0)), models.Q(('article', None), models.Q(('error_code', ''), _negated=True), models.Q(('error', ''), _negated=True)), _connector='OR'), name='feed_entry_is_an_article_or_explained'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StorySketch',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sketch', serialize=False, to='articles.articleversion')),
                ('hashes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('shingle_count', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name_plural': 'story sketches',
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=['hashes'], name='sketch_hashes'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('hashes__len__lte', 256), ('hashes__len__lte', models.F('shingle_count'))), name='sketch_holds_some_of_the_shingles'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(help_text='Which model was asked last.', max_length=120)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('answered', 'Answered'), ('refused', 'Refused'), ('failed', 'Failed')], default='waiting', max_length=8)),
                ('attempts', models.PositiveIntegerField(default=0, help_text='Also the fence: only the newest attempt may say how it went.')),
                ('next_attempt_at', models.DateTimeField(blank=True, null=True)),
                ('leased_until', models.DateTimeField(blank=True, help_text='While somebody asks; a lease that ran out is none.', null=True)),
                ('asked_at', models.DateTimeField(help_text='When the last attempt began.')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('tokens_in', models.PositiveIntegerField(default=0, help_text='Over all attempts.')),
                ('tokens_out', models.PositiveIntegerField(default=0)),
                ('tokens_reserved', models.PositiveIntegerField(default=0, help_text='What attempts may have cost of whose end nobody has heard.')),
                ('duration', models.DurationField(default=datetime.timedelta(0), help_text='Over all attempts.')),
                ('drafts_made', models.PositiveSmallIntegerField(default=0)),
                ('drafts_agreed', models.PositiveSmallIntegerField(default=0, help_text='Drafts of the rules about which the model drafted as well.')),
                ('dropped', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, help_text='Why each quotation or proposal was dropped that made no draft.', size=None)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consultations', to='articles.articleversion')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('state', 'waiting')), fields=['next_attempt_at', 'id'], name='consultation_due'),
                    models.Index(fields=['asked_at'], name='consultation_asked'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('version',), name='consultation_is_one_for_each_version'),
                    models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('next_attempt_at__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('finished_at__isnull', False), ('leased_until', None), ('next_attempt_at', None)), _connector='OR'), name='consultation_waits_or_is_finished'),
                    models.CheckConstraint(condition=models.Q(models.Q(('error', ''), ('error_code', '')), models.Q(models.Q(('error_code', ''), _negated=True), models.Q(('error', ''), _negated=True)), _connector='OR'), name='consultation_error_has_a_code_and_a_sentence'),
                    models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('error_code', ''), ('state', 'answered')), models.Q(('state__in', ['refused', 'failed']), models.Q(('error_code', ''), _negated=True)), _connector='OR'), name='consultation_failure_is_explained'),
                    models.CheckConstraint(condition=models.Q(models.Q(('drafts_agreed', 0), ('drafts_made', 0)), ('state', 'answered'), _connector='OR'), name='consultation_drafts_only_when_answered'),
                ],
            },
        ),
    ]
