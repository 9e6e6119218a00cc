"""Addresses of the gate and of an officer's own settings."""

from __future__ import annotations

from django.urls import path

from webapp.accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("preferences/", views.preferences, name="preferences"),
    path("password/", views.password, name="password"),
    path("large/", views.large, name="large"),
    path("language/", views.language, name="language"),
]
