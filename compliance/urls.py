from django.urls import path

from compliance.views import invitations

urlpatterns = [
    path("sell/invitation/<str:token>/", invitations.invitation, name="seller_invitation"),
]
