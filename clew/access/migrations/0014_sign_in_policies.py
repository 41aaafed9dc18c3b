from django.db import migrations

from clew.access.policies import service_only


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0013_sign_in"),
    ]

    operations = [
        service_only("access_signintry"),
        service_only("access_signinlock"),
        service_only("access_opensession"),
        service_only("access_cardcertificate"),
        service_only("access_identitylink"),
    ]
