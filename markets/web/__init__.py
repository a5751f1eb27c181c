"""The pages for forecasters: server-rendered, whole without scripts, quicker with them."""
