"""What plugs into Rasa: graph components, policy, response generator, REST channel. Only here is Rasa imported."""
