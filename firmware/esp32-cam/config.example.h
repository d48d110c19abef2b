// Copy to config.h for what this camera shall know without its set-up page. Every line may be absent. config.h is not
// kept in Git: it holds the password of your Wi-Fi.
#pragma once

// One of BoardModel in src/board/boards.h.
#define GATEHOUSE_BOARD AI_THINKER

// 1 C1, 2 M1. Absent: M1 where libsodium is there.
// #define GATEHOUSE_SUITE 1

// #define WIFI_NETWORK "the name of your Wi-Fi"
// #define WIFI_PASSWORD "its password"
// #define GATEHOUSE_URL "https://gatehouse.example"
// From the console, "Add a device", type "ESP32 camera". Works once; may go once the camera is enrolled.
// #define CLAIM_CODE "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX"

// Who vouches for the server's certificate, where that is not Gatehouse's own authority, which comes with the enrolment.
// #define SERVER_AUTHORITY "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n"
