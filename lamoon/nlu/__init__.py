"""What plugs into Rasa: graph components, the policy, the response generator, the REST channel. Only here is Rasa imported."""
