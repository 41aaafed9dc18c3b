"""The site: assembly of all rooms into one server and one command; settings, urls, pages, the database underneath."""
