import type { permissions as en } from "../en/permissions.ts";
import type { Same } from "../same.ts";

export const permissions: Same<typeof en> = {
  group: {
    places: "Aperçu et sites",
    devices: "Appareils",
    readings: "Mesures et tableaux",
    cameras: "Caméras et enregistrements",
    alerts: "Règles et alertes",
    messages: "Canaux et messages",
    people: "Personnes",
    rights: "Rôles et jetons",
    log: "Journal d’audit",
    house: "Réglages",
    host: "Toute l’installation",
  },
  may: {
    overview: { read: "voir l’aperçu" },
    site: { read: "voir les sites", write: "ajouter, modifier et supprimer des sites" },
    device: {
      read: "voir les appareils",
      write: "ajouter, modifier et supprimer des appareils",
      credentials: "donner clés et certificats aux appareils, révoquer des appareils",
      command: "envoyer des commandes aux appareils",
      quarantine: "mettre des appareils en quarantaine et les en sortir",
      configure: "modifier les réglages que prennent les appareils",
    },
    meter_read: { run: "lancer et annuler des relevés de compteurs" },
    camera: {
      view: "regarder les caméras en direct",
      write: "modifier ce que les caméras enregistrent, surveillent et masquent",
    },
    detector: { write: "envoyer des modèles et nommer des détecteurs ailleurs" },
    recording: {
      view: "regarder les enregistrements et voir les événements des caméras",
      export: "télécharger et partager des enregistrements",
      manage: "modifier combien est enregistré et où vont les copies",
      erase: "effacer des enregistrements pour toujours",
      deposit: "déposer des copies d’une autre installation dans une boîte",
      collect: "reprendre des copies d’une boîte",
    },
    case: { read: "voir les dossiers réunis", write: "créer des dossiers et y réunir des éléments" },
    arming: { write: "armer et désarmer des sites" },
    verdict: { write: "décider si un événement devant une caméra était une intrusion" },
    telemetry: { read: "voir les mesures", export: "exporter les mesures" },
    board: { read: "voir les tableaux", write: "créer et modifier des tableaux" },
    rule: { read: "voir les règles", write: "créer et modifier des règles" },
    alert: { read: "voir les alertes", handle: "traiter les alertes" },
    channel: { read: "voir les canaux de messages", write: "configurer les canaux de messages" },
    outbox: {
      read: "voir les messages envoyés",
      retry: "renvoyer des messages",
      secrets: "lire les messages avec codes et liens tant qu’aucun canal ne les envoie",
    },
    people: {
      read: "voir les personnes",
      approve: "admettre ou refuser des personnes, voir téléphone et adresse",
      write: "inviter, verrouiller, effacer et importer des personnes",
    },
    role: { read: "voir les rôles et qui les a", write: "créer des rôles et les donner à des personnes" },
    token: {
      read: "voir les jetons de programmes",
      write: "créer et révoquer des jetons de programmes",
    },
    ledger: {
      read: "voir le journal d’audit",
      export: "exporter le journal d’audit",
      manage: "choisir les témoins du journal d’audit, sceller ses anciennes parties",
    },
    lab: { read: "voir les essais du labo d’attaque", run: "lancer le labo d’attaque" },
    settings: { read: "voir les réglages", write: "modifier les réglages" },
    demo: { manage: "démarrer et retirer le site de démonstration" },
    installation: {
      read: "voir l’état de toute l’installation",
      write: "modifier ce qui vaut pour toutes les organisations, comme les clés du serveur",
    },
    tenant: {
      read: "voir les organisations",
      write: "ajouter, renommer et suspendre des organisations",
    },
  },
};
