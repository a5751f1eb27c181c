"""The REST API: serializers translate, views make one call."""
