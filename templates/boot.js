(function(p){p.classList.add("js");try{var t=localStorage.getItem("vk-theme");if(t)p.dataset.theme=t}catch(e){}})(document.documentElement)
